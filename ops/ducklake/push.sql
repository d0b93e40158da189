-- What changed in a published file since this watch last wrote to the lake: incidents that are new, that changed, or that went.
CREATE OR REPLACE TEMP TABLE moved AS
SELECT coalesce(p.incident_id, l.incident_id) AS incident_id
FROM published.incident AS p
FULL JOIN (SELECT incident_id, last_changed_at FROM lake.incidents WHERE watch = getvariable('watch')) AS l ON l.incident_id = p.incident_id
WHERE p.last_changed_at IS DISTINCT FROM l.last_changed_at;

-- One transaction is one snapshot of the lake: readers see all of a night, or nothing of it.
BEGIN;
DELETE FROM lake.incidents WHERE watch = getvariable('watch') AND incident_id IN (FROM moved);
DELETE FROM lake.incident_version WHERE watch = getvariable('watch') AND incident_id IN (FROM moved);
DELETE FROM lake.casualty_claims WHERE watch = getvariable('watch') AND incident_id IN (FROM moved);
DELETE FROM lake.incident_sources WHERE watch = getvariable('watch') AND incident_id IN (FROM moved);
INSERT INTO lake.incidents BY NAME SELECT getvariable('watch') AS watch, * FROM published.incidents WHERE incident_id IN (FROM moved);
INSERT INTO lake.incident_version BY NAME SELECT getvariable('watch') AS watch, * FROM published.incident_version WHERE incident_id IN (FROM moved);
INSERT INTO lake.casualty_claims BY NAME SELECT getvariable('watch') AS watch, * FROM published.casualty_claims WHERE incident_id IN (FROM moved);
INSERT INTO lake.incident_sources BY NAME SELECT getvariable('watch') AS watch, * FROM published.incident_sources WHERE incident_id IN (FROM moved);
COMMIT
