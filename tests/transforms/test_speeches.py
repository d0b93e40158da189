"""Who says what: the sentence, the statement, and all that is read of its speaker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from transforms.document import Document
from transforms.records import Span, Speech
from transforms.speeches import find_speeches, speech_for

MakeDocument = Callable[..., Document]


def speech_of(doc: Document, words: str) -> Speech:
    """Return the speech that covers the words."""
    start = doc.text.index(words)
    return speech_for(doc, Span(start, start + len(words)))


# text | words whose speaker is asked | speaker | role | class
SPEAKERS = [
    ("Police said three people were killed.", "three people", "police", None, "police"),
    ("Three people were killed, police spokesman Omar Keita said on Tuesday.", "Three people", "Omar Keita", "police spokesman", "police"),
    ("The regional governor, Petro Holub, said six died.", "six died", "Petro Holub", "regional governor", "local_official"),
    ("Ana Ruiz, a doctor at the town clinic, put the death toll at 14.", "14", "Ana Ruiz", "doctor at the town clinic", "medical"),
    ("A local official reported that 50 others were hurt.", "50 others", "a local official", None, "local_official"),
    ('"We found nine bodies. Two more died later," said fire chief Tom Reed.', "nine bodies", "Tom Reed", "fire chief", "emergency_service"),
    ("Nine were hurt, said Capt. Joan Hill, a spokeswoman for the county police department.", "Nine", "Joan Hill", "spokeswoman for the county police department", "police"),
    ("At least 8 people died, according to the health ministry, and fires burned on.", "8 people", "the health ministry", None, "medical"),
    ("According to witnesses, four men were shot dead.", "four men", "witnesses", None, "witness"),
    ("Reuters reported on Monday, citing police, that 4 people died.", "4 people", "police", None, "police"),
    ("State television quoted the interior minister as saying 12 people died.", "12 people", "the interior minister", None, "national_official"),
    ("The agency cited hospital sources as saying ten people died.", "ten people", "hospital sources", None, "medical"),
    ("The blast, which police said killed three people, shook the town.", "three people", "police", None, "police"),
    ("A nurse who treated some of the wounded said five had died.", "five", "a nurse", None, "medical"),
    ("Karim Saleh of the Civil Defence told Reuters that 40 people had been killed.", "40 people", "Karim Saleh", None, "emergency_service"),
    ("The toll of nine was confirmed by the prosecutor's office.", "nine", "the prosecutor's office", None, "national_official"),
    ("Russia said 30 soldiers had died.", "30 soldiers", "Russia", None, "national_official"),
    ("Colonel Idris Musa said two of his men died.", "two of his men", "Idris Musa", "colonel", "military"),
    ("Ukraine's human rights ombudsman, Olena Bondar, said two died.", "two died", "Olena Bondar", "human rights ombudsman", "national_official"),
    ("Mayor Rosa Diaz spoke of a dark day, adding that six pupils died.", "six pupils", "Rosa Diaz", "mayor", "local_official"),
    ("Seven were killed, but the governor's office said nine were dead, and a medic put the toll at ten.", "nine", "the governor's office", None, "local_official"),
    ("Seven were killed, but the governor's office said nine were dead, and a medic put the toll at ten.", "ten", "a medic", None, "medical"),
    ("Police, doctors and witnesses said nine died.", "nine", "police, doctors and witnesses", None, "police"),
    ("The governor, the mayor and an elder said nine died.", "nine", "the governor, the mayor and an elder", None, "local_official"),
    ("In Kabul, police and doctors said nine died.", "nine", "police and doctors", None, "medical"),
    ("'Nine people died,' the mayor said.", "Nine", "the mayor", None, "local_official"),
    ("Local television channels reported that nine died.", "nine", "local television channels", None, "media"),
    ("Witnesses described how nine people drowned.", "nine", "witnesses", None, "witness"),
    ("The toll includes three gunmen that the mayor said were killed.", "three", "the mayor", None, "local_official"),
    ("Troops killed 177 people, 119 of whom the army says were rebels.", "119", "the army", None, "military"),
    ("Troops killed 177 people, 119 of whom the army says were rebels.", "177", None, None, "narrator"),
    ("Two days after a bomb killed 31 people, a guard was shot, police said.", "31", None, None, "narrator"),
    ("Two days after a bomb killed 31 people, a guard was shot, police said.", "a guard", "police", None, "police"),
    ("Four people died, police said, as shelling that killed 37 people last week went on.", "37", None, None, "narrator"),
    ("Four people died, police said, after a gunman wounded six.", "six", "police", None, "police"),
    ("President Ada Diallo told the nation 28 people were killed.", "28", "Ada Diallo", "president", "national_official"),
    ("Police declined to comment. Three people died in the fire.", "Three people", None, None, "narrator"),
    ("Three people died when a bomb went off.", "Three people", None, None, "narrator"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "speaker", "role", "speaker_class"), SPEAKERS)
def test_a_statement_has_its_speaker(
    make_document: MakeDocument, text: str, words: str, speaker: str | None, role: str | None, speaker_class: str
) -> None:
    speech = speech_of(make_document(text), words)
    assert (speech.speaker, speech.role, speech.speaker_class) == (speaker, role, speaker_class)


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Ali Khan, a police chief, said three died. He added that six were hurt.", "six", "Ali Khan"),
        ("Hospital director Mona Said said three died. Six were hurt, she said.", "Six", "Mona Said"),
        ("The health ministry said three died. It said six were hurt.", "six", "the health ministry"),
        ("The Ministry of Health said three died. The ministry said six were hurt.", "six", "the Ministry of Health"),
        ("Sheriff Dan Cole said three died. Later Cole said six were hurt.", "six", "Dan Cole"),
        ("Mayor Rosa Diaz ran to the scene. Diaz said that six pupils died.", "six", "Rosa Diaz"),
    ],
)
def test_pronouns_and_short_names_go_back_to_the_full_speaker(make_document: MakeDocument, text: str, words: str, speaker: str) -> None:
    assert speech_of(make_document(text), words).speaker == speaker


@pytest.mark.parametrize(
    ("text", "words", "stance"),
    [
        ("The army confirmed that two soldiers died.", "two soldiers", "confirms"),
        ("The army denied that any people were killed.", "any people", "denies"),
        ("The army acknowledged that 63 soldiers were killed.", "63 soldiers", "partially_accepts"),
        ("The army disputed the toll of 40.", "40", "disputes_detail"),
        ("Police could not confirm that 20 people had died.", "20 people", "no_comment"),
        ("Police declined to say whether four people died.", "four people", "no_comment"),
        ("The agency retracted its report that ten people died.", "ten people", "retracts"),
        ("Police said ten people died.", "ten people", "asserts"),
        ("The army did not comment on the nine deaths.", "nine deaths", "no_comment"),
        ("The army did not respond to a request for comment about the nine dead.", "nine dead", "no_comment"),
        ("The ministry withdrew its claim that nine people had died.", "nine people", "retracts"),
        ("The army conceded that nine of the dead were civilians.", "nine", "partially_accepts"),
        ("The ministry dismissed reports that nine civilians died.", "nine", "denies"),
        ("The army withdrew from the town. Nine people died.", "Nine", "asserts"),
    ],
)
def test_the_verb_tells_the_stance(make_document: MakeDocument, text: str, words: str, stance: str) -> None:
    assert speech_of(make_document(text), words).stance == stance


@pytest.mark.parametrize(
    ("text", "words", "mode", "channel"),
    [
        ("Twelve people died, the governor wrote on Telegram.", "Twelve", "social_post", "Telegram"),
        ("The governor said in a statement that 12 people died.", "12", "official_statement", None),
        ("The governor told Reuters that 12 people died.", "12", "indirect", "Reuters"),
        ("The mayor said on Facebook: “Twelve people died. We mourn them.”", "Twelve", "direct_quote", "Facebook"),
        ("The mayor said: “Twelve people died. We mourn them.”", "We mourn", "direct_quote", None),
        ("Twelve people died when the roof fell in.", "Twelve", "narrator", None),
    ],
)
def test_the_mode_and_channel_are_those_that_are_named(
    make_document: MakeDocument, text: str, words: str, mode: str, channel: str | None
) -> None:
    speech = speech_of(make_document(text), words)
    assert (speech.mode, speech.channel) == (mode, channel)


@pytest.mark.parametrize(
    ("title", "speaker"),
    [
        ("Blast kills nine in market: officials", "officials"),
        ("Blast kills nine in market: police - The Example", "police"),
        ("Police: nine killed in market blast", "police"),
        ("Blast kills nine in market - Reuters", None),
        ("Somalia: nine killed in market blast", None),
        ("Moscow: nine killed in market blast", None),
        ("Live: nine killed in market blast", None),
    ],
)
def test_a_headline_names_its_speaker(make_document: MakeDocument, title: str, speaker: str | None) -> None:
    doc = make_document("A bomb went off in a market.", title=title)
    assert speech_of(doc, "nine").speaker == speaker


@pytest.mark.parametrize(
    "text",
    [
        "'We carried nine bodies,' said the mayor. 'Then the roof fell in and two more people died.'",
        "‘We carried nine bodies,’ said the mayor. ‘Then the roof fell in and two more people died.’",
        '"We carried nine bodies," said the mayor. "Then the roof fell in and two more people died."',
    ],
)
def test_any_quotation_mark_quotes(make_document: MakeDocument, text: str) -> None:
    doc = make_document(text)
    assert [(speech_of(doc, words).speaker, speech_of(doc, words).mode) for words in ("nine", "two more")] == [
        ("the mayor", "direct_quote")
    ] * 2


def test_apostrophes_quote_nothing(make_document: MakeDocument) -> None:
    doc = make_document("The rebels' leader said nine men died in the soldiers' camp, near the farmers' market.")
    assert speech_of(doc, "nine").mode == "indirect"


def test_a_confirmed_toll_is_the_one_told_in_the_sentence_before(make_document: MakeDocument) -> None:
    doc = make_document("A strike killed nine people. The mayor, Rosa Diaz, confirmed the toll on Telegram. Six houses burned.")
    speech = speech_of(doc, "nine people")
    assert (speech.speaker, speech.stance, speech.channel) == ("Rosa Diaz", "asserts", "Telegram")
    assert speech_of(doc, "Six houses").speaker is None


def test_sides_are_countries_or_actors(make_document: MakeDocument) -> None:
    doc = make_document("The Israeli army said two died. Hamas said three died. Residents said four died.")
    assert [speech.side for speech in find_speeches(doc)] == ["IL", "Hamas", None]


def test_a_quotation_goes_on_with_its_speaker(make_document: MakeDocument) -> None:
    doc = make_document('"The roof fell in," said Lena Berg, a resident. "Then we carried four bodies out of the cellar."')
    assert speech_of(doc, "four bodies").speaker == "Lena Berg"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "said",
        '"',
        '" said',
        "said said said, said.",
        "X" * 5_000,
        "he said " * 2_000,
        '"' * 3_000,
        "according to",
        "POLICE SAID 3 DIED",
    ],
)
def test_any_text_is_read(make_document: MakeDocument, text: str) -> None:
    doc = make_document(text)
    for speech in find_speeches(doc):
        assert 0 <= speech.span.start < speech.span.end <= len(doc.text)


def test_a_document_is_read_once(make_document: MakeDocument) -> None:
    doc = make_document("Police said three people were killed.")
    assert find_speeches(doc) is find_speeches(doc)
