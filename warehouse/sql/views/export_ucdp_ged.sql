-- needs: countries, incident_sources
-- not mirrored
-- Incidents in the 49 columns of the UCDP Georeferenced Event Dataset (GED 24.1 and 25.1), for tools that read GED files. These are
-- NOT UCDP data: UCDP's coders judge conflict, dyad and type of violence, which Vigil leaves NULL. Only incidents with at least one
-- death in best, low or high, as GED has them.
-- @id: first 13 hexadecimal digits of incident_id as a number, below 2^53, so that no program rounds it
-- @relid: VIGIL-country-year-incident_id; find the incident by its last part
-- @year: year of date_start
-- @active_year: NULL: UCDP counts 25 deaths a year and dyad, Vigil has no dyads
-- @code_status: NULL: UCDP's own state of work
-- @type_of_violence: NULL: state-based, non-state or one-sided is a coder's judgement
-- @conflict_dset_id: NULL: no UCDP conflict
-- @conflict_new_id: NULL: no UCDP conflict
-- @conflict_name: NULL: no UCDP conflict
-- @dyad_dset_id: NULL: no UCDP dyad
-- @dyad_new_id: NULL: no UCDP dyad
-- @dyad_name: perpetrator - victim_side; NULL where one of them is not stated
-- @side_a_dset_id: NULL: no UCDP actor id
-- @side_a_new_id: NULL: no UCDP actor id
-- @side_a: perpetrator, as the texts name it: a statement, no verdict
-- @side_b_dset_id: NULL: no UCDP actor id
-- @side_b_new_id: NULL: no UCDP actor id
-- @side_b: victim_side, in the texts' words
-- @number_of_sources: n_sources: outlets that report it
-- @source_article: publisher,date,headline of each article, divided by semicolons
-- @source_office: publishers, divided by semicolons
-- @source_date: publication days, divided by semicolons; in the order of source_office
-- @source_headline: headlines, divided by semicolons; in the order of source_office
-- @source_original: speaker of the number of killed in the text's words, else the class of source
-- @where_prec: geo_precision: 1 exact site, 2 settlement, 3 ADM2, 4 ADM1, 5 larger, 6 country, 7 sea or air (UCDP's scale)
-- @where_coordinates: place
-- @where_description: place, admin1 and country, divided by commas
-- @adm_1: admin1, English name
-- @adm_2: NULL: Vigil keeps no second-order division
-- @latitude: latitude, WGS 84
-- @longitude: longitude, WGS 84
-- @geom_wkt: POINT (longitude latitude)
-- @priogrid_gid: number of the PRIO-GRID cell (half a degree) that holds the point
-- @country: English name; the ISO 3166-1 alpha-3 code where the lexicon has no name
-- @country_id: NULL: Gleditsch-Ward numbers are not kept
-- @region: NULL: UCDP's regions are not kept
-- @event_clarity: 1: each incident is reported as such; sums of several events never become incidents
-- @date_prec: date_precision: 1 day, 2 two to six days, 3 week, 4 month, 5 year (UCDP's scale); NULL: no text says when
-- @date_start: first day of the event
-- @date_end: last day of the event
-- @deaths_a: attackers_killed: dead of the perpetrator
-- @deaths_b: security_killed: soldiers, police and other forces among the victims
-- @deaths_civilians: civilians_killed where the words of the number, or those beside them, say civilian, non-combatant or bystander; of residents
-- and citizens NULL: Vigil assumes nobody to be a civilian
-- @deaths_unknown: killed that the texts put on no side: killed less deaths_b and deaths_civilians; NULL: killed is
-- @best: killed and attackers_killed, best numbers; NULL: only vague words (GED has no NULL here)
-- @low: the same, lowest numbers
-- @high: the same, highest numbers; NULL: open above ("at least 12")
-- @gwnoa: NULL: Gleditsch-Ward numbers are not kept
-- @gwnob: NULL: Gleditsch-Ward numbers are not kept
CREATE OR REPLACE VIEW export_ucdp_ged AS
WITH source AS (
    SELECT incident_id, array_to_string(list_transform(told, lambda s: concat_ws(',', s.publisher, s.day, s.title)), ';') AS articles,
        array_to_string(list_transform(told, lambda s: s.publisher), ';') AS offices,
        array_to_string(list_transform(told, lambda s: coalesce(s.day, '')), ';') AS days,
        array_to_string(list_transform(told, lambda s: coalesce(s.title, '')), ';') AS titles
    FROM (
        SELECT incident_id, list_sort(list({
                is_undated: stated_at IS NULL, stated_at: stated_at, publisher: coalesce(publisher, outlet), is_untitled: title IS NULL,
                title: replace(title, ';', ','), day: strftime(published_at AT TIME ZONE 'UTC', '%Y-%m-%d')
            })) AS told
        FROM incident_sources
        WHERE NOT is_superseded
        GROUP BY incident_id
    )
),
civilian AS (
    SELECT t.incident_id, t.count_best
    FROM incident_toll AS t
    LEFT JOIN (
        SELECT c.claim_id, a.text[greatest(c.span_start - 59, 1):c.span_end + 60] AS around
        FROM claim AS c
        JOIN article AS a ON a.article_id = c.article_id
        WHERE c.claim_id IN (SELECT claim_id FROM incident_toll WHERE toll = 'civilians_killed')  -- no other texts are read
    ) AS c ON c.claim_id = t.claim_id
    WHERE t.toll = 'civilians_killed'
        AND (t.decision_id IS NOT NULL OR regexp_matches(concat_ws(' ', t.words, c.around), '(?i)civilian|non-?combatant|bystander|passers?-?by'))
)
SELECT TRY_CAST('0x' || i.incident_id[:13] AS BIGINT) AS id,
    concat_ws('-', 'VIGIL', coalesce(i.country_iso3, 'XXX'), coalesce(CAST(year(i.event_date_start) AS VARCHAR), 'XXXX'), i.incident_id) AS relid,
    year(i.event_date_start) AS year, CAST(NULL AS INTEGER) AS active_year, CAST(NULL AS VARCHAR) AS code_status,
    CAST(NULL AS INTEGER) AS type_of_violence, CAST(NULL AS BIGINT) AS conflict_dset_id, CAST(NULL AS BIGINT) AS conflict_new_id,
    CAST(NULL AS VARCHAR) AS conflict_name, CAST(NULL AS BIGINT) AS dyad_dset_id, CAST(NULL AS BIGINT) AS dyad_new_id,
    i.perpetrator || ' - ' || i.victim_side AS dyad_name, CAST(NULL AS BIGINT) AS side_a_dset_id, CAST(NULL AS BIGINT) AS side_a_new_id,
    i.perpetrator AS side_a, CAST(NULL AS BIGINT) AS side_b_dset_id, CAST(NULL AS BIGINT) AS side_b_new_id, i.victim_side AS side_b,
    i.n_sources AS number_of_sources, s.articles AS source_article, s.offices AS source_office, s.days AS source_date,
    s.titles AS source_headline, coalesce(c.speaker, c.speaker_class) AS source_original,
    i.geo_precision AS where_prec, i.place AS where_coordinates,
    nullif(concat_ws(', ', i.place, i.admin1, coalesce(n.name, i.country_iso3)), '') AS where_description,
    i.admin1 AS adm_1, CAST(NULL AS VARCHAR) AS adm_2, i.latitude, i.longitude,
    'POINT (' || i.longitude || ' ' || i.latitude || ')' AS geom_wkt,
    CAST(least(floor((i.latitude + 90) * 2), 359) * 720 + least(floor((i.longitude + 180) * 2), 719) + 1 AS BIGINT) AS priogrid_gid,
    coalesce(n.name, i.country_iso3) AS country, CAST(NULL AS INTEGER) AS country_id, CAST(NULL AS VARCHAR) AS region, 1 AS event_clarity,
    nullif(i.date_precision, 9) AS date_prec, i.event_date_start AS date_start, i.event_date_end AS date_end,
    i.attackers_killed_best AS deaths_a, i.security_killed_best AS deaths_b, v.count_best AS deaths_civilians,
    greatest(i.killed_best - coalesce(i.security_killed_best, 0) - coalesce(v.count_best, 0), 0) AS deaths_unknown,
    i.killed_best + coalesce(i.attackers_killed_best, 0) AS best, i.killed_min + coalesce(i.attackers_killed_min, 0) AS low,
    i.killed_max + coalesce(i.attackers_killed_max, 0) AS high, CAST(NULL AS INTEGER) AS gwnoa, CAST(NULL AS INTEGER) AS gwnob
FROM incident AS i
LEFT JOIN source AS s USING (incident_id)
LEFT JOIN civilian AS v USING (incident_id)
LEFT JOIN countries AS n ON n.iso3 = i.country_iso3
LEFT JOIN incident_toll AS k ON k.incident_id = i.incident_id AND k.toll = 'killed'
LEFT JOIN toll_claim AS c ON c.statement_id = coalesce(k.claim_id, k.report_id || '/killed')
WHERE greatest(i.killed_min, i.killed_best, i.killed_max, i.attackers_killed_min, i.attackers_killed_best) >= 1
