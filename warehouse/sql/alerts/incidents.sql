-- Incidents that came, changed or went since a moment (NULL: all that are known): their numbers now and then (was_), and the words of
-- the number of killed. An incident that had another id before is found by it. One that lives on under another id has not gone.
WITH was AS (
    FROM incident_version WHERE valid_from <= $since AND (valid_to IS NULL OR valid_to > $since)
),
former AS (  -- the greatest of what became this incident, where its own id is new
    SELECT a.incident_id, w.* EXCLUDE (incident_id)
    FROM incident_alias AS a JOIN was AS w ON w.incident_id = a.old_id
    WHERE a.incident_id NOT IN (SELECT incident_id FROM was)
    QUALIFY row_number() OVER (PARTITION BY a.incident_id ORDER BY coalesce(w.killed_best, w.killed_min) DESC NULLS LAST, a.old_id) = 1
),
before AS (FROM was UNION ALL BY NAME FROM former)
SELECT i.incident_id, false AS is_gone, b.incident_id IS NOT NULL AS is_known, i.last_changed_at AS changed_at, i.place, i.admin1,
    coalesce(n.name, i.country_iso3) AS country, i.event_date_start, i.event_date_end, i.date_precision,
    i.killed_min, i.killed_best, i.killed_max, i.killed_quantifier, i.injured_min, i.injured_best, i.injured_max, i.injured_quantifier,
    b.killed_min AS was_killed_min, b.killed_best AS was_killed_best, b.killed_max AS was_killed_max,
    b.killed_quantifier AS was_killed_quantifier, b.injured_min AS was_injured_min, b.injured_best AS was_injured_best,
    b.injured_max AS was_injured_max, b.injured_quantifier AS was_injured_quantifier,
    k.words, s.speaker, s.speaker_class, a.canonical_url AS url, a.outlet, r.flow AS changed_by
FROM incident AS i
LEFT JOIN before AS b USING (incident_id)
LEFT JOIN countries AS n ON n.iso3 = i.country_iso3
LEFT JOIN incident_toll AS k ON k.incident_id = i.incident_id AND k.toll = 'killed'
LEFT JOIN toll_claim AS s ON s.statement_id = k.claim_id AND s.incident_id = i.incident_id AND s.toll = 'killed'
LEFT JOIN report AS p ON p.report_id = k.report_id
LEFT JOIN article AS a ON a.article_id = p.article_id
LEFT JOIN incident_version AS v ON v.incident_id = i.incident_id AND v.valid_to IS NULL
LEFT JOIN run AS r ON r.run_id = v.run_id
WHERE $since IS NULL OR i.last_changed_at > $since OR b.incident_id IS NULL
UNION ALL BY NAME
SELECT w.incident_id, true AS is_gone, true AS is_known, w.place, w.admin1, coalesce(n.name, w.country_iso3) AS country,
    w.event_date_start, w.event_date_end, w.date_precision,
    w.killed_min AS was_killed_min, w.killed_best AS was_killed_best, w.killed_max AS was_killed_max,
    w.killed_quantifier AS was_killed_quantifier, w.injured_min AS was_injured_min, w.injured_best AS was_injured_best,
    w.injured_max AS was_injured_max, w.injured_quantifier AS was_injured_quantifier
FROM was AS w
LEFT JOIN countries AS n ON n.iso3 = w.country_iso3
WHERE w.incident_id NOT IN (SELECT incident_id FROM incident) AND w.incident_id NOT IN (SELECT old_id FROM incident_alias)
ORDER BY incident_id
