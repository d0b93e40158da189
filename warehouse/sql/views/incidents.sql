-- kept as rows
-- One incident: when, where, what, who, how many, in whose words. Counts are the default toll; NULL is not zero.
-- @incident_id: stable id
-- @date: first day of the event; NULL: no text says when
-- @date_end: last day of the event
-- @date_precision: UCDP: 1 day, 2 two to six days, 3 week, 4 month, 5 year, 9 unknown
-- @country: ISO 3166-1 alpha-3
-- @admin1: state, oblast, province
-- @place: place of the event
-- @latitude: latitude of the place, WGS 84
-- @longitude: longitude of the place, WGS 84
-- @geo_precision: UCDP: 1 exact site, 2 settlement, 3 ADM2, 4 ADM1, 5 larger, 6 country, 7 sea or air
-- @event_class: what kind of event
-- @weapon: weapon class
-- @weapon_system: named system
-- @targets: what was hit
-- @perpetrator: who is said to have done it
-- @attribution: how responsibility is stated; no verdict
-- @victim_side: side that the victims belong to, in the texts' words
-- @killed_min: lowest last word of an independent speaker
-- @killed: last word of the highest authority; NULL: not stated, or only vaguely
-- @killed_max: highest last word; NULL: open above or not stated
-- @killed_quantifier: how the texts qualify killed
-- @injured_min: lowest last word of an independent speaker
-- @injured: last word of the highest authority; NULL: not stated, or only vaguely
-- @injured_max: highest last word; NULL: open above or not stated
-- @injured_quantifier: how the texts qualify injured
-- @children_killed: children among the killed
-- @children_injured: children among the injured
-- @civilians_killed: people among the killed whom the texts call civilians
-- @attackers_killed: perpetrators killed, not part of killed
-- @missing: people missing
-- @abducted: people abducted
-- @contested: counts on which speakers contradict each other at the same time
-- @killed_words: the words that killed was read from
-- @injured_words: the words that injured was read from
-- @n_sources: outlets that report it
-- @n_independent_sources: outlets with their own text
-- @sources: addresses of the articles
-- @first_seen_at: run that saw it first (UTC)
-- @last_changed_at: run that last changed a value (UTC)
CREATE OR REPLACE VIEW incidents AS
SELECT i.incident_id, i.event_date_start AS date, i.event_date_end AS date_end, i.date_precision,
    i.country_iso3 AS country, i.admin1, i.place, i.latitude, i.longitude, i.geo_precision,
    i.event_class, i.weapon_class AS weapon, i.weapon_system, i.target_class AS targets, i.perpetrator, i.attribution, i.victim_side,
    i.killed_min, i.killed_best AS killed, i.killed_max, i.killed_quantifier,
    i.injured_min, i.injured_best AS injured, i.injured_max, i.injured_quantifier,
    i.children_killed_best AS children_killed, i.children_injured_best AS children_injured,
    i.civilians_killed_best AS civilians_killed, i.attackers_killed_best AS attackers_killed,
    i.missing_best AS missing, i.abducted_best AS abducted, i.contested,
    k.words AS killed_words, j.words AS injured_words, i.n_sources, i.n_independent_sources, s.sources,
    i.first_seen_at, i.last_changed_at
FROM incident AS i
LEFT JOIN incident_toll AS k ON k.incident_id = i.incident_id AND k.toll = 'killed'
LEFT JOIN incident_toll AS j ON j.incident_id = i.incident_id AND j.toll = 'injured'
LEFT JOIN (
    SELECT incident_id, list_transform(list_sort(list({undated: stated_at IS NULL, stated_at: stated_at, url: url})), lambda s: s.url) AS sources
    FROM (
        SELECT m.incident_id, a.canonical_url AS url, min(m.stated_at) AS stated_at
        FROM incident_report AS m JOIN report AS r USING (report_id) JOIN article AS a ON a.article_id = r.article_id
        GROUP BY ALL
    )
    GROUP BY incident_id
) AS s ON s.incident_id = i.incident_id
