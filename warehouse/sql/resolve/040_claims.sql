-- Every count of the touched incidents, with what the toll rule asks of it. docs/decisions/0003-toll-resolver.md tells the rule.
-- What a report itself counts: as the view report_tolls, which would look at all reports.
CREATE OR REPLACE TEMP TABLE resolve_own AS
SELECT report_id, t.toll, t.count_min, t.count_best, t.count_max, t.quantifier
FROM resolve_member, unnest([
    {toll: 'killed', count_min: killed_min, count_best: killed_best, count_max: killed_max, quantifier: killed_quantifier},
    {toll: 'injured', count_min: injured_min, count_best: injured_best, count_max: injured_max, quantifier: injured_quantifier},
    {toll: 'missing', count_min: missing_min, count_best: missing_best, count_max: missing_max, quantifier: missing_quantifier},
    {toll: 'abducted', count_min: abducted_min, count_best: abducted_best, count_max: abducted_max,
     quantifier: abducted_quantifier},
    {toll: 'children_killed', count_min: children_killed_min, count_best: children_killed_best,
     count_max: children_killed_max, quantifier: children_killed_quantifier},
    {toll: 'children_injured', count_min: children_injured_min, count_best: children_injured_best,
     count_max: children_injured_max, quantifier: children_injured_quantifier},
    {toll: 'women_killed', count_min: women_killed_min, count_best: women_killed_best, count_max: women_killed_max,
     quantifier: women_killed_quantifier},
    {toll: 'civilians_killed', count_min: civilians_killed_min, count_best: civilians_killed_best,
     count_max: civilians_killed_max, quantifier: civilians_killed_quantifier},
    {toll: 'security_killed', count_min: security_killed_min, count_best: security_killed_best,
     count_max: security_killed_max, quantifier: security_killed_quantifier},
    {toll: 'attackers_killed', count_min: attackers_killed_min, count_best: attackers_killed_best,
     count_max: attackers_killed_max, quantifier: attackers_killed_quantifier}
]) AS unnested (t)
WHERE coalesce(t.count_min, t.count_best, t.count_max) IS NOT NULL AND is_counted;

-- Casualty claims of reports that tell the incident as news. Where the report's own count is none of its claims', the
-- claims below it are its parts.
CREATE OR REPLACE TEMP TABLE resolve_asserted AS
WITH stated AS (
    SELECT m.*, c.claim_id,
        CASE
            WHEN coalesce(c.victim_group, 'all') = 'all' THEN c.effect
            WHEN c.victim_group = 'children' AND c.effect IN ('killed', 'injured') THEN 'children_' || c.effect
            WHEN c.effect = 'killed' THEN c.victim_group || '_killed'
        END AS toll,
        c.count_min, c.count_best, c.count_max, c.quantifier, c.speaker, c.speaker_class, c.speaker_side, c.stance
    FROM resolve_membership AS m JOIN resolve_statement AS c USING (report_id)
    WHERE m.is_counted AND c.claim_type = 'casualties' AND c.effect <> 'casualties'
        AND NOT coalesce(c.is_general, false) AND NOT coalesce(c.is_withheld, false) AND c.stance NOT IN ('denies', 'no_comment')
)
SELECT s.*, o.report_id IS NOT NULL AS has_own,
    (s.count_best, s.count_min) IS NOT DISTINCT FROM (o.count_best, o.count_min) AS is_own,
    o.report_id IS NOT NULL AND coalesce(s.count_best, s.count_min, 0) < coalesce(o.count_best, o.count_min) AS is_below_own,
    CASE s.speaker_class
        WHEN 'emergency_service' THEN 1 WHEN 'medical' THEN 1 WHEN 'local_official' THEN 2 WHEN 'police' THEN 2
        WHEN 'national_official' THEN 3 WHEN 'military' THEN 3 WHEN 'un_agency' THEN 4 WHEN 'ngo_monitor' THEN 4
        WHEN 'armed_group' THEN 5 ELSE 6
    END AS class_rank
FROM stated AS s
LEFT JOIN resolve_own AS o ON o.report_id = s.report_id AND o.toll = s.toll
WHERE s.toll IS NOT NULL;

-- Claims, without the parts of a sum, and the sums: who speaks, for whom, and as which voice.
CREATE OR REPLACE TEMP TABLE resolve_voiced AS
WITH own AS MATERIALIZED (
    SELECT o.report_id, o.toll, any_value(o.count_min) AS count_min, any_value(o.count_best) AS count_best,
        any_value(o.count_max) AS count_max, any_value(o.quantifier) AS quantifier,
        min_by(a.speaker, (a.class_rank, a.claim_id)) FILTER (a.is_below_own AND a.speaker IS NOT NULL) AS speaker,
        min_by(a.speaker_class, (a.class_rank, a.claim_id)) FILTER (a.is_below_own) AS speaker_class,
        min_by(a.speaker_side, (a.class_rank, a.claim_id)) FILTER (a.is_below_own AND a.speaker_side IS NOT NULL) AS speaker_side
    FROM resolve_own AS o
    LEFT JOIN resolve_asserted AS a ON a.report_id = o.report_id AND a.toll = o.toll
    GROUP BY o.report_id, o.toll
    HAVING NOT coalesce(bool_or(a.is_own), false)
),
together AS (
    SELECT a.* EXCLUDE (has_own, is_below_own, class_rank)
    FROM resolve_asserted AS a
    LEFT JOIN own AS w ON w.report_id = a.report_id AND w.toll = a.toll
    WHERE NOT (w.report_id IS NOT NULL AND a.is_below_own AND a.speaker_class = w.speaker_class)
    UNION ALL BY NAME
    SELECT m.*, NULL AS claim_id, o.toll, o.count_min, o.count_best, o.count_max, o.quantifier, o.speaker,
        coalesce(o.speaker_class, 'narrator') AS speaker_class, o.speaker_side, 'asserts' AS stance, true AS is_own
    FROM own AS o JOIN resolve_membership AS m USING (report_id)
),
named AS (  -- a pronoun is nobody's name: such a voice is its class's, or the text's
    SELECT * REPLACE (CASE WHEN lower(speaker) NOT IN ('he', 'she', 'they', 'it', 'we', 'i', 'him', 'her', 'them', 'who') THEN speaker END AS speaker)
    FROM together
),
narrated AS (
    SELECT *, speaker_class = 'narrator' OR (speaker IS NULL AND speaker_class IN ('media', 'state_media', 'unknown')) AS is_narrated
    FROM named
),
spoken AS (
    SELECT n.* EXCLUDE (speaker_class, speaker_side),
        CASE WHEN n.is_narrated AND n.is_state_media THEN 'state_media' ELSE n.speaker_class END AS speaker_class,
        lower(CASE WHEN n.is_narrated THEN n.outlet_side ELSE n.speaker_side END) AS side_word
    FROM narrated AS n
)
SELECT s.* EXCLUDE (side_word), coalesce(w.iso2, s.side_word) AS side
FROM spoken AS s LEFT JOIN resolve_country_word AS w ON w.word = s.side_word;

CREATE OR REPLACE TEMP TABLE resolve_claim AS
WITH voiced AS (
    SELECT *,
        CASE speaker_class
            WHEN 'emergency_service' THEN 1 WHEN 'medical' THEN 1 WHEN 'local_official' THEN 2 WHEN 'police' THEN 2
            WHEN 'national_official' THEN 3 WHEN 'military' THEN 3 WHEN 'un_agency' THEN 4 WHEN 'ngo_monitor' THEN 4
            WHEN 'armed_group' THEN 5 ELSE 6
        END AS authority,
        CASE
            WHEN is_narrated THEN 'text:' || text_family
            WHEN speaker_class IN ('emergency_service', 'medical', 'local_official', 'police', 'military', 'national_official', 'state_media')
                THEN speaker_class || ':' || coalesce(side, CASE WHEN min(side) OVER body = max(side) OVER body THEN min(side) OVER body END, '')
            ELSE speaker_class || ':' || coalesce(lower(speaker), side, text_family)
        END AS family
    FROM resolve_voiced
    WINDOW body AS (PARTITION BY incident_id, speaker_class)
),
usable AS (
    SELECT v.*, NOT is_copy AND NOT is_superseded AS is_first_hand,
        coalesce(CASE
            WHEN speaker_class = 'armed_group' THEN side IS NULL OR NOT (list_contains(d.victim_names, side) OR list_contains(d.victim_countries, side))
            WHEN speaker_class IN ('military', 'state_media') THEN side IS NOT NULL
                AND (toll = 'attackers_killed' OR NOT (list_contains(d.victim_countries, side) OR list_contains(d.victim_names, side)))
            WHEN speaker_class = 'national_official' THEN side IS NOT NULL AND list_contains(d.perpetrator_countries, side)
                AND NOT list_contains(d.victim_countries, side)
        END, false) AS is_other_side
    FROM voiced AS v
    LEFT JOIN resolve_side AS d USING (incident_id)
),
timed AS (
    SELECT *,
        is_first_hand AND (is_dated OR NOT bool_or(is_dated AND is_first_hand) OVER counted) AS is_timed,
        coalesce(
            max(stated_at) FILTER (is_first_hand AND is_dated AND count_best IS NOT NULL) OVER counted,
            max(stated_at) FILTER (is_first_hand AND is_dated) OVER counted,
            max(stated_at) OVER counted
        ) AS newest_at
    FROM usable
    WINDOW counted AS (PARTITION BY incident_id, toll)
),
ranked AS (
    SELECT *, is_timed AND row_number() OVER (
        PARTITION BY incident_id, toll, family
        ORDER BY is_timed DESC, stated_at DESC, is_own DESC, coalesce(count_best, count_min) DESC NULLS LAST, claim_id, report_id
    ) = 1 AS is_latest
    FROM timed
)
SELECT coalesce(claim_id, report_id || '/' || toll) AS statement_id, incident_id, report_id, article_id, claim_id, toll,
    count_min, count_best, count_max, quantifier, speaker, speaker_class, side, authority, family, is_other_side, stated_at, is_latest,
    is_latest AND stance <> 'retracts' AND stated_at >= newest_at - INTERVAL 24 HOUR
        AND coalesce(count_min, count_best, count_max) IS NOT NULL AS is_current
FROM ranked;

-- The rows before are found by the time at which they were resolved: DuckDB skips those of other times.
CREATE OR REPLACE TEMP TABLE resolve_outdated AS
SELECT t.rowid AS n FROM toll_claim AS t SEMI JOIN resolve_stored AS s USING (incident_id, resolved_at);
DELETE FROM toll_claim WHERE rowid IN (FROM resolve_outdated);
INSERT INTO toll_claim BY NAME SELECT *, getvariable('run_at') AS resolved_at FROM resolve_claim ORDER BY statement_id;
