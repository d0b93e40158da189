-- Counts that a person set take the place of the rule's. What the rule says of the other ends stands as far as it goes with
-- them: an end is widened to hold the person's number, a best number outside of the person's range is withheld.
CREATE OR REPLACE TEMP TABLE resolve_decided AS
SELECT incident_id, column_name, value, decision_id
FROM decision
WHERE action = 'set' AND standing = 'in_force' AND undone_at IS NULL AND incident_id IN (SELECT incident_id FROM touched);

CREATE OR REPLACE TEMP TABLE resolve_decided_toll AS
WITH said AS (
    SELECT incident_id, regexp_extract(column_name, '^(.+)_(min|best|max|quantifier)$', 1) AS toll,
        regexp_extract(column_name, '(min|best|max|quantifier)$') AS part, value, TRY_CAST(value AS BIGINT) AS n, decision_id
    FROM resolve_decided WHERE regexp_matches(column_name, '_(min|best|max|quantifier)$')
),
hand AS (
    SELECT incident_id, toll, max(decision_id) AS decision_id, bool_or(part = 'min') AS has_min, bool_or(part = 'best') AS has_best,
        bool_or(part = 'max') AS has_max, bool_or(part = 'quantifier') AS has_quantifier, any_value(n) FILTER (part = 'min') AS own_min,
        any_value(n) FILTER (part = 'best') AS own_best, any_value(n) FILTER (part = 'max') AS own_max,
        any_value(value) FILTER (part = 'quantifier') AS own_quantifier
    FROM said GROUP BY ALL
),
first_report AS (
    SELECT incident_id, min(report_id) AS report_id FROM resolve_told GROUP BY ALL
)
SELECT h.incident_id, h.toll,
    CASE WHEN h.has_min THEN h.own_min WHEN t.count_min IS NULL AND NOT h.has_best THEN NULL
        ELSE least(t.count_min, h.own_best, h.own_max) END AS count_min,
    CASE WHEN h.has_best THEN h.own_best WHEN t.count_best < h.own_min OR t.count_best > h.own_max THEN NULL ELSE t.count_best END AS count_best,
    CASE WHEN h.has_max THEN h.own_max WHEN t.count_max IS NULL AND (t.incident_id IS NOT NULL OR NOT h.has_best) THEN NULL
        ELSE greatest(t.count_max, h.own_best, h.own_min) END AS count_max,
    CASE WHEN h.has_quantifier THEN h.own_quantifier WHEN h.has_best AND h.own_best IS NOT NULL THEN 'exact' ELSE t.quantifier END AS quantifier,
    NOT h.has_best AND coalesce(t.is_contested, false) AS is_contested, coalesce(t.report_id, f.report_id) AS report_id,
    CASE WHEN NOT h.has_best OR h.own_best IS NOT DISTINCT FROM t.count_best THEN t.claim_id END AS claim_id,
    CASE WHEN NOT h.has_best OR h.own_best IS NOT DISTINCT FROM t.count_best THEN t.words END AS words, h.decision_id
FROM hand AS h
JOIN first_report AS f USING (incident_id)
LEFT JOIN resolve_toll AS t ON t.incident_id = h.incident_id AND t.toll = h.toll;

ALTER TABLE resolve_toll ADD COLUMN decision_id VARCHAR;
DELETE FROM resolve_toll AS t USING resolve_decided_toll AS d WHERE d.incident_id = t.incident_id AND d.toll = t.toll;
INSERT INTO resolve_toll BY NAME FROM resolve_decided_toll;

-- A part above its whole: the number that the rule gave is withheld, the person's stands; of two persons' the part is withheld.
CREATE OR REPLACE TEMP TABLE resolve_decided_clash AS
SELECT p.incident_id, CASE WHEN p.decision_id IS NOT NULL AND w.decision_id IS NULL THEN w.toll ELSE p.toll END AS toll
FROM resolve_toll AS p
JOIN resolve_toll AS w ON w.incident_id = p.incident_id AND w.toll = CASE
    WHEN p.toll IN ('children_killed', 'women_killed', 'civilians_killed', 'security_killed') THEN 'killed'
    WHEN p.toll = 'children_injured' THEN 'injured' END
WHERE p.incident_id IN (SELECT incident_id FROM resolve_decided_toll) AND (p.count_best > w.count_best OR p.count_min > w.count_max);
UPDATE resolve_toll AS t SET count_min = NULL, count_best = NULL, count_max = NULL, quantifier = NULL, is_contested = true
FROM resolve_decided_clash AS c WHERE c.incident_id = t.incident_id AND c.toll = t.toll;

DELETE FROM incident_toll WHERE incident_id IN (SELECT incident_id FROM resolve_decided_toll) AND resolved_at = getvariable('run_at');
INSERT INTO incident_toll BY NAME
SELECT *, getvariable('run_at') AS resolved_at
FROM resolve_toll WHERE incident_id IN (SELECT incident_id FROM resolve_decided_toll) ORDER BY incident_id, toll;
