INSERT INTO publish_queue SELECT 'incident', incident_id FROM touched ON CONFLICT DO NOTHING;

-- Incidents whose state differs from what is stored, and those that lost all their reports.
CREATE OR REPLACE TEMP TABLE resolve_changed AS
SELECT s.incident_id, true AS remains
FROM (SELECT * FROM resolve_state) AS s
LEFT JOIN (SELECT * EXCLUDE (first_seen_at, last_changed_at, resolved_at, link) FROM resolve_stored) AS i ON i.incident_id = s.incident_id
WHERE i.incident_id IS NULL OR s IS DISTINCT FROM i
UNION ALL
SELECT incident_id, false FROM touched
WHERE incident_id NOT IN (SELECT incident_id FROM resolve_state)
  AND incident_id IN (SELECT incident_id FROM resolve_stored);

-- A version starts at the run's time, or just after the last one if the run's clock stands before it.
CREATE OR REPLACE TEMP TABLE resolve_moment AS
SELECT c.incident_id, c.remains,
    CASE WHEN max(v.valid_from) IS NOT NULL THEN max(v.valid_from) + INTERVAL 1 MICROSECOND ELSE getvariable('run_at') END AS moment
FROM resolve_changed AS c
LEFT JOIN (
    SELECT incident_id, valid_from FROM incident_version WHERE valid_from > getvariable('run_at')
) AS v USING (incident_id)
GROUP BY ALL;

-- A version that this same moment already wrote is replaced: nobody has seen it yet.
DELETE FROM incident_version AS v USING resolve_moment AS m
WHERE v.incident_id = m.incident_id AND v.valid_from = m.moment AND v.valid_from >= getvariable('run_at');

-- The version that ends is of the moment at which its incident last changed.
CREATE OR REPLACE TEMP TABLE resolve_outdated AS
SELECT v.rowid AS n, e.moment
FROM incident_version AS v
JOIN (
    SELECT s.incident_id, s.last_changed_at, m.moment FROM resolve_stored AS s JOIN resolve_moment AS m USING (incident_id)
) AS e ON v.incident_id = e.incident_id AND v.valid_from = e.last_changed_at
WHERE v.valid_to IS NULL;
UPDATE incident_version AS v SET valid_to = o.moment FROM resolve_outdated AS o WHERE v.rowid = o.n;

INSERT INTO incident_version BY NAME
SELECT s.*, m.moment AS valid_from, CAST(NULL AS TIMESTAMPTZ) AS valid_to, getvariable('run_id') AS run_id
FROM resolve_state AS s JOIN resolve_moment AS m USING (incident_id)
WHERE m.remains;

-- Replaced rows are kept aside: an incident keeps the time it was first seen, also under an id it had before.
CREATE OR REPLACE TEMP TABLE resolve_first_seen AS
SELECT incident_id, min(first_seen_at) AS first_seen_at
FROM (
    SELECT i.incident_id, i.first_seen_at FROM resolve_stored AS i
    UNION ALL
    SELECT a.incident_id, min(v.valid_from)
    FROM incident_alias AS a
    JOIN (
        SELECT incident_id, valid_from FROM incident_version
        WHERE incident_id IN (SELECT old_id FROM incident_alias WHERE incident_id IN (SELECT incident_id FROM resolve_moment))
    ) AS v ON v.incident_id = a.old_id
    GROUP BY ALL
)
WHERE incident_id IN (SELECT incident_id FROM resolve_moment)
GROUP BY incident_id;

DELETE FROM incident WHERE rowid IN (SELECT s.link FROM resolve_stored AS s SEMI JOIN resolve_moment USING (incident_id));

INSERT INTO incident BY NAME
SELECT s.*, least(coalesce(f.first_seen_at, m.moment), m.moment) AS first_seen_at, m.moment AS last_changed_at,
    getvariable('run_at') AS resolved_at
FROM resolve_state AS s
JOIN resolve_moment AS m USING (incident_id)
LEFT JOIN resolve_first_seen AS f USING (incident_id)
WHERE m.remains;

-- What came out as it was bears the time of its rows nonetheless.
UPDATE incident SET resolved_at = getvariable('run_at')
WHERE rowid IN (SELECT link FROM resolve_stored WHERE incident_id NOT IN (SELECT incident_id FROM resolve_moment));
