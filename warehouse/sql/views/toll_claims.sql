-- needs: incident_members, report_tolls, incident_sides, country_words
-- One count that one speaker gives for one incident, with what the toll resolvers need to know about it.
-- docs/decisions/0003-toll-resolver.md tells the rule.
-- @incident_id: incident
-- @report_id: report
-- @article_id: article version
-- @claim_id: claim; NULL: the report's own count, which no single claim states (a sum of parts, or no claim at all)
-- @toll: what is counted: killed, injured, children_killed ...
-- @count_min: lowest number
-- @count_best: best number; NULL: only vague
-- @count_max: highest number; NULL: open above
-- @quantifier: how the number is qualified
-- @speaker: who says it; NULL: the narrator
-- @speaker_class: class of source; the narrator of a belligerent's outlet is state_media
-- @side: whom the speaker speaks for; ISO 3166-1 alpha-2 where it is a country
-- @authority: 1 emergency or medical, 2 local official or police, 3 national official or military, 4 UN or NGO, 5 armed group, 6 others
-- @family: who stands behind the number: one body, one named speaker, or one text. Claims of one family are one voice
-- @is_other_side: a party to the fighting counts the other side's dead
-- @stated_at: when it was said
-- @is_latest: the family's last word on it
-- @is_current: used by the resolvers: last word, not older than 24 hours before the newest count, no copy, no old version, not retracted
CREATE OR REPLACE VIEW toll_claims AS
WITH stated AS (
    SELECT m.*, c.claim_id,
        CASE
            WHEN coalesce(c.victim_group, 'all') = 'all' THEN c.effect
            WHEN c.victim_group = 'children' AND c.effect IN ('killed', 'injured') THEN 'children_' || c.effect
            WHEN c.effect = 'killed' THEN c.victim_group || '_killed'
        END AS toll,
        c.count_min, c.count_best, c.count_max, c.quantifier, c.speaker, c.speaker_class, c.speaker_side, c.stance
    FROM claim AS c
    JOIN incident_members AS m USING (report_id)
    WHERE m.counts AND c.claim_type = 'casualties' AND c.effect <> 'casualties'
        AND NOT coalesce(c.is_general, false) AND c.stance NOT IN ('denies', 'no_comment')
),
asserted AS MATERIALIZED (  -- where the report's own count is none of its claims', the claims below it are its parts
    SELECT s.*, o.report_id IS NOT NULL AS has_own,
        (s.count_best, s.count_min) IS NOT DISTINCT FROM (o.count_best, o.count_min) AS is_own,
        o.report_id IS NOT NULL AND coalesce(s.count_best, s.count_min, 0) < coalesce(o.count_best, o.count_min) AS is_below_own,
        CASE s.speaker_class
            WHEN 'emergency_service' THEN 1 WHEN 'medical' THEN 1 WHEN 'local_official' THEN 2 WHEN 'police' THEN 2
            WHEN 'national_official' THEN 3 WHEN 'military' THEN 3 WHEN 'un_agency' THEN 4 WHEN 'ngo_monitor' THEN 4
            WHEN 'armed_group' THEN 5 ELSE 6
        END AS class_rank
    FROM stated AS s
    LEFT JOIN report_tolls AS o ON o.report_id = s.report_id AND o.toll = s.toll
    WHERE s.toll IS NOT NULL
),
own AS MATERIALIZED (
    SELECT m.*, o.toll, o.count_min, o.count_best, o.count_max, o.quantifier,
        coalesce(bool_or(a.is_own), false) AS is_claimed,
        min_by(a.speaker, (a.class_rank, a.claim_id)) FILTER (a.is_below_own AND a.speaker IS NOT NULL) AS speaker,
        min_by(a.speaker_class, (a.class_rank, a.claim_id)) FILTER (a.is_below_own) AS speaker_class,
        min_by(a.speaker_side, (a.class_rank, a.claim_id)) FILTER (a.is_below_own AND a.speaker_side IS NOT NULL) AS speaker_side
    FROM report_tolls AS o
    JOIN incident_members AS m USING (report_id)
    LEFT JOIN asserted AS a ON a.report_id = o.report_id AND a.toll = o.toll
    WHERE m.counts
    GROUP BY ALL
),
together AS (
    SELECT a.incident_id, a.report_id, a.article_id, a.claim_id, a.toll, a.count_min, a.count_best, a.count_max, a.quantifier,
        a.speaker, a.speaker_class, a.speaker_side, a.stance, a.is_own, a.stated_at, a.is_dated, a.is_copy, a.is_superseded,
        a.text_family, a.outlet_side, a.is_state_media
    FROM asserted AS a
    LEFT JOIN own AS w ON w.report_id = a.report_id AND w.toll = a.toll AND NOT w.is_claimed
    WHERE NOT (w.report_id IS NOT NULL AND a.is_below_own AND a.speaker_class = w.speaker_class)
    UNION ALL BY NAME
    SELECT incident_id, report_id, article_id, NULL AS claim_id, toll, count_min, count_best, count_max, quantifier,
        speaker, coalesce(speaker_class, 'narrator') AS speaker_class, speaker_side, 'asserts' AS stance, true AS is_own,
        stated_at, is_dated, is_copy, is_superseded, text_family, outlet_side, is_state_media
    FROM own WHERE NOT is_claimed
),
spoken AS (
    SELECT t.* EXCLUDE (speaker_class, speaker_side),
        t.speaker_class = 'narrator' OR (t.speaker IS NULL AND t.speaker_class IN ('media', 'state_media', 'unknown')) AS is_narrated,
        CASE WHEN is_narrated AND t.is_state_media THEN 'state_media' ELSE t.speaker_class END AS speaker_class,
        coalesce(w.iso2, lower(CASE WHEN is_narrated THEN t.outlet_side ELSE t.speaker_side END)) AS side
    FROM together AS t
    LEFT JOIN country_words AS w
        ON w.word = lower(CASE WHEN t.speaker_class = 'narrator' OR (t.speaker IS NULL AND t.speaker_class IN ('media', 'state_media', 'unknown'))
            THEN t.outlet_side ELSE t.speaker_side END)
),
voiced AS (
    SELECT s.*,
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
    FROM spoken AS s
    WINDOW body AS (PARTITION BY incident_id, speaker_class)
),
usable AS (
    SELECT v.* EXCLUDE (is_narrated, text_family, outlet_side, is_state_media),
        NOT is_copy AND NOT is_superseded AS is_first_hand,
        CASE
            WHEN speaker_class = 'armed_group' THEN side IS NULL OR NOT (list_contains(d.victim_names, side) OR list_contains(d.victim_countries, side))
            WHEN speaker_class IN ('military', 'state_media') THEN side IS NOT NULL
                AND (toll = 'attackers_killed' OR NOT (list_contains(d.victim_countries, side) OR list_contains(d.victim_names, side)))
            WHEN speaker_class = 'national_official' THEN side IS NOT NULL AND list_contains(d.perpetrator_countries, side)
                AND NOT list_contains(d.victim_countries, side)
            ELSE false
        END AS is_other_side
    FROM voiced AS v
    LEFT JOIN incident_sides AS d USING (incident_id)
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
SELECT incident_id, report_id, article_id, claim_id, toll, count_min, count_best, count_max, quantifier, speaker, speaker_class,
    side, authority, family, is_other_side, stated_at, is_latest,
    is_latest AND stance <> 'retracts' AND stated_at >= newest_at - INTERVAL 24 HOUR
        AND coalesce(count_min, count_best, count_max) IS NOT NULL AS is_current
FROM ranked
