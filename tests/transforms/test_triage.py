"""Triage: which texts report an incident, and what the reasons say. Sentences are our own."""

from __future__ import annotations

import re

import pytest

from transforms.casualty_mentions import find_casualty_mentions
from transforms.triage import THRESHOLD, judge_relevance, probability_of

INCIDENTS = [
    (None, "Three soldiers were killed in clashes with rebels near Gao in northern Mali on Monday."),
    (None, "A bomb exploded at a mosque, killing 31 people."),
    ("Missile strike kills 12", "A missile struck a residential area on Friday evening, killing at least 12 people, the governor said."),
    ("41 drones shot down", "Air defence units shot down 41 drones over five regions on Friday night, the air force said."),
    ("Gunmen abduct 30 pupils", "Gunmen on motorcycles abducted 30 pupils from a boarding school on Thursday, police said."),
    ("Two wounded in knife attack", "A man stabbed two passers-by on Tuesday before police overpowered him. Both were taken to hospital."),
    ("Rebels torch clinic", "Rebels attacked a village on Sunday night and set fire to its clinic, witnesses said. Nobody was hurt."),
]
OTHERS = [
    ("Man guilty of 2012 murder", "A jury found a man guilty on Tuesday of murdering his neighbour in 2012."),
    ("City derby ends in thriller", "The striker shot twice and the home side attacked until the end to win the match 3-2."),
    ("Bus plunges into ravine, killing 12", "A bus plunged into a ravine on Sunday, killing 12 passengers, police said."),
    ("Earthquake kills 100", "A magnitude 7 earthquake killed at least 100 people on Friday, officials said."),
    ("Ten years on, a town remembers", "A vigil marked the anniversary of the attack in which gunmen killed 148 students."),
    ("Navy tests missiles in exercise", "The northern fleet fired cruise missiles during an exercise on Monday, the ministry said."),
    ("Comedy bombs", "The film, a comedy about zombies, bombed at the box office over the weekend."),
    ("Bank profits rise", "The bank said profits rose by 12 percent on Monday."),
    (None, ""),
]

# What news of violence is mistaken for, and what it hides behind; one text for each kind.
LOOKALIKES = [
    pytest.param(
        "Mourners bury three miners killed last week",
        "Hundreds of mourners attended the funeral on Monday of three miners who were shot dead last week, their families said.",
        id="funeral-0",
    ),
    pytest.param(
        "Police arrest suspect in 2019 market bombing",
        "Police have arrested a man suspected of planting the bomb that killed nine people at a market in 2019, a spokesman said on Tuesday.",
        id="arrest-1",
    ),
    pytest.param(
        "Trial opens over nightclub shooting",
        "The trial of a man accused of shooting dead four people in a nightclub two years ago opened on Monday. Prosecutors asked for life in prison.",
        id="trial-2",
    ),
    pytest.param(
        "Town marks tenth anniversary of school attack",
        "Residents lit candles on Sunday to mark ten years since gunmen killed 21 pupils. Survivors read the names of the victims.",
        id="anniversary-3",
    ),
    pytest.param(
        "Gas leak blast kills four in apartment block",
        "A gas leak caused an explosion that killed four people in an apartment block on Monday, the fire service said. It was an accident.",
        id="accident-4",
    ),
    pytest.param(
        "Train derails, eleven dead",
        "Eleven passengers were killed when a train derailed on Saturday near the coast, rescuers said.",
        id="accident-5",
    ),
    pytest.param(
        "Typhoon leaves 40 dead",
        "A typhoon killed 40 people and injured hundreds on Sunday, the disaster agency said. Floods washed away bridges.",
        id="disaster-6",
    ),
    pytest.param(
        "Minister warns of attacks",
        "The interior minister warned on Monday that militants could attack railway stations. Security was tightened; nobody was hurt.",
        id="threat-7",
    ),
    pytest.param(
        "Bomb threat empties library",
        "A library was evacuated on Monday after a bomb threat that proved to be a hoax. Police found no explosives.",
        id="threat-8",
    ),
    pytest.param(
        "Country test-fires ballistic missile",
        "The country test-fired a ballistic missile into the sea on Thursday, its army said. The missile flew 800 km.",
        id="test-9",
    ),
    pytest.param(
        "Hospital drill simulates bombing",
        "A hospital held a drill on Tuesday in which actors played people wounded by a bombing. The exercise lasted three hours.",
        id="drill-10",
    ),
    pytest.param(
        "Allied troops begin war games",
        "Twelve thousand troops began an exercise on Monday. Tanks fired live shells at targets on a training ground.",
        id="exercise-11",
    ),
    pytest.param(
        "United shot down by late strike",
        "A late strike by the captain shot down United's hopes as the visitors attacked from the first minute and won the match 2-1.",
        id="sport-12",
    ),
    pytest.param(
        "Heavyweight knocks out champion",
        "The challenger attacked at once and killed off the champion's title hopes with a knockout blow in the third round of the fight.",
        id="sport-13",
    ),
    pytest.param(
        "Shooter game sells ten million",
        "The video game, in which players shoot zombies and bomb enemy bases, sold ten million copies, its publisher said on Monday.",
        id="game-14",
    ),
    pytest.param(
        "New thriller opens in cinemas",
        "The film follows an assassin who kills a minister and is hunted by gunmen. The director said the explosions were real.",
        id="film-15",
    ),
    pytest.param(
        "Markets hit by bombshell",
        "Shares plunged on Monday after a bombshell report hit the bank. Investors were slaughtered, one trader said; losses exploded.",
        id="metaphor-16",
    ),
    pytest.param(
        "Critics attack tax plan",
        "Critics attacked the tax plan on Tuesday and said it would kill jobs. The minister came under fire from his own party.",
        id="metaphor-17",
    ),
    pytest.param(
        "A look back at the war in numbers",
        "The annual report says that 4,200 people were killed in attacks last year, fewer than in the year before, according to the data of the institute.",
        id="review-18",
    ),
    pytest.param(
        "General who led the siege dies at 91",
        "The general who led the siege of the city in 1968 died on Sunday aged 91, his family said.",
        id="obituary-19",
    ),
    pytest.param(
        "Heart attack kills singer",
        "The singer died of a heart attack on Saturday at a hospital, his agent said. He was 63.",
        id="health-20",
    ),
    pytest.param(
        "Museum shows weapons of old war",
        "The museum opened an exhibition of rifles, bombs and grenades from the war of 1914. Visitors can see a tank.",
        id="crime-story-21",
    ),
    pytest.param(
        "Winger shoots Milan to the top",
        "The winger shot from 20 metres and scored twice as Milan beat Turin 3-1 on Friday night. The coach praised his attack.",
        id="winger-top",
    ),
    pytest.param(
        "Shoppers shelling out more for eggs",
        "Shoppers are shelling out more for eggs this spring, a survey by the retail council said on Tuesday.",
        id="shoppers-eggs",
    ),
    pytest.param(
        "Review: abduction drama falls flat",
        "The crime drama, in which a banker is abducted by his own driver, opens in cinemas on Friday. Critics liked the first hour.",
        id="review:-flat",
    ),
    pytest.param(
        "Nurses to strike over pay",
        "Nurses will go on strike on Monday in a row over pay, their union said. Hospitals in Lyon warned of long waits.",
        id="nurses-pay",
    ),
    pytest.param(
        "Man arrested over 2021 shooting",
        "Police arrested a man in Malmo on Monday over a shooting that killed a student in 2021, prosecutors said.",
        id="man-shooting",
    ),
    pytest.param(
        "Police seize rifles",
        "Police seized 12 rifles and two grenades in a raid on a flat in Malmo on Monday. Nobody was hurt.",
        id="police-rifles",
    ),
    pytest.param(
        "Strikes cripple railways",
        "Rail strikes will hit commuters on Monday and Tuesday. The union attacked the offer.",
        id="strikes-railways",
    ),
    pytest.param("Miners trapped", "Nine miners were trapped on Monday when a shaft collapsed near Cusco.", id="miners-trapped"),
    pytest.param(
        "Woman dies after crash",
        "A woman died when her car hit a tree near Lyon on Monday, police said. Two children were injured.",
        id="woman-crash",
    ),
    pytest.param(
        "Heat kills dozens", "A heatwave has killed dozens of people in Karachi since Friday, the health department said.", id="heat-dozens"
    ),
    pytest.param(
        "Ceasefire talks resume",
        "Negotiators met in Doha on Monday to discuss a ceasefire in the war, which has killed thousands of people.",
        id="ceasefire-resume",
    ),
]
DISGUISED = [
    pytest.param(
        "Morning round-up: drone strikes across the region",
        "Two people were killed in a drone strike on Odem in the north overnight. In Tarna, shelling wounded five, the governor said.",
        id="round-up-22",
    ),
    pytest.param(
        "Live: city under fire",
        "09:40 Six people were wounded when rockets hit a market, the mayor says. 09:15 Explosions are heard in the centre. 08:50 Air raid sirens sound.",
        id="live-blog-23",
    ),
    pytest.param(
        "Priest abducted on way to church",
        "Armed men abducted a priest on Sunday as he drove to church, the diocese said. His driver was shot dead.",
        id="abduction-24",
    ),
    pytest.param(
        "Attackers burn village, no casualties",
        "Attackers set fire to forty houses in a village on Monday night, residents said. No one was hurt.",
        id="arson-25",
    ),
    pytest.param(
        "Landmine kills shepherd",
        "A shepherd was killed on Wednesday when he stepped on a landmine near the border, police said.",
        id="mine-26",
    ),
    pytest.param(
        "Death toll from market blast rises to 31",
        "The death toll from Sunday's bombing of a market rose to 31 on Monday as four of the wounded died in hospital, officials said.",
        id="follow-up-toll-27",
    ),
    pytest.param(
        "Air defences down 14 drones",
        "Air defences shot down 14 drones over three regions overnight, the air force said. Debris damaged a school.",
        id="intercept-28",
    ),
    pytest.param(
        "Rebels execute nine villagers",
        "Rebels executed nine villagers on Friday whom they accused of spying, a local chief said.",
        id="execution-29",
    ),
    pytest.param(
        "Police shoot dead protester",
        "Police shot dead a protester on Tuesday and wounded four others as crowds blocked the road, a hospital said.",
        id="police-30",
    ),
    pytest.param(
        "Riot leaves six inmates dead",
        "Six inmates were stabbed to death on Sunday in a riot between rival gangs at a prison, officials said.",
        id="prison-31",
    ),
    pytest.param(
        "Bomber strikes funeral, killing 12",
        "A suicide bomber blew himself up among mourners at a funeral on Saturday, killing 12 people and wounding 30, police said.",
        id="attack+funeral-32",
    ),
    pytest.param(
        "Missile downs cargo plane, crew killed",
        "A missile hit a cargo plane as it landed on Monday, killing its crew of four, the airport said. Rebels claimed responsibility.",
        id="plane-33",
    ),
    pytest.param(
        "Teenager stabbed to death at bus stop",
        "A teenager was stabbed to death at a bus stop on Tuesday evening, police said. Two youths were arrested.",
        id="knife-34",
    ),
    pytest.param(
        "Settlers torch cars",
        "Settlers set fire to eleven cars and threw stones at houses overnight, the village council said. A man was wounded.",
        id="settlers-35",
    ),
    pytest.param(
        "Drone boat hits tanker",
        "An unmanned boat loaded with explosives struck a tanker on Thursday, the navy said. Three sailors were wounded.",
        id="sea-36",
    ),
]


def judge(make_document, title, text):
    doc = make_document(text, title=title)
    return doc, judge_relevance(doc, find_casualty_mentions(doc))


@pytest.mark.parametrize(("title", "text"), INCIDENTS, ids=[row[1][:40] for row in INCIDENTS])
def test_incident(make_document, title, text):
    _, relevance = judge(make_document, title, text)
    assert relevance.is_incident, relevance


@pytest.mark.parametrize(("title", "text"), OTHERS, ids=[row[1][:40] for row in OTHERS])
def test_no_incident(make_document, title, text):
    _, relevance = judge(make_document, title, text)
    assert not relevance.is_incident, relevance


@pytest.mark.parametrize(("title", "text"), LOOKALIKES)
def test_lookalike(make_document, title, text):
    _, relevance = judge(make_document, title, text)
    assert not relevance.is_incident, relevance


@pytest.mark.parametrize(("title", "text"), DISGUISED)
def test_disguised_incident(make_document, title, text):
    _, relevance = judge(make_document, title, text)
    assert relevance.is_incident, relevance


def test_reasons_quote_the_text_strongest_first(make_document):
    doc, relevance = judge(make_document, *INCIDENTS[2])
    quotes = [re.search(r': "(.*)"$', reason, re.DOTALL) for reason in relevance.reasons]
    assert any(quotes)
    assert all(quote.group(1) in doc.text for quote in quotes if quote)
    points = [abs(float(reason.split()[0])) for reason in relevance.reasons]
    assert points == sorted(points, reverse=True)


def test_is_not_blind_without_counts(make_document):
    doc = make_document(INCIDENTS[1][1])
    assert judge_relevance(doc, ()).is_incident


def test_score_is_a_probability_on_the_same_side_as_the_verdict(make_document):
    for title, text in INCIDENTS + OTHERS:
        _, relevance = judge(make_document, title, text)
        assert 0 <= relevance.score <= 1
        assert relevance.is_incident == (relevance.score >= THRESHOLD)


def test_headline_that_begins_the_body_counts_as_headline(make_document):
    title, text = OTHERS[0]
    _, apart = judge(make_document, title, text)
    _, joined = judge(make_document, None, f"{title}\n\n{text}")
    assert apart == joined


def test_probability_grows_with_points_and_keeps_within_its_bounds():
    points = [-1e9, -4.0, -0.1, 0.0, 0.1, 4.0, 1e9]
    probabilities = [probability_of(one) for one in points]
    assert probabilities == sorted(probabilities)
    assert 0 < probabilities[0] < 0.01
    assert 0.99 < probabilities[-1] < 1
