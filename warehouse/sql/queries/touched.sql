-- Incidents to resolve: those that the matched reports belonged to (scope_member) or belong to now (batch_member), and those whose number of reports is not what
-- their row says (a reading was replaced and matching did not come to its end; what lost reports stands in publish_queue until then).
-- touched_at: the times by which the rows of those that exist are found; known_incident has those of the incidents that the matched reports may belong to.
CREATE OR REPLACE TEMP TABLE touched_at AS
WITH queued AS MATERIALIZED (
    SELECT key AS incident_id FROM publish_queue WHERE kind = 'incident'
),
stored AS MATERIALIZED (
    SELECT incident_id, n_reports, resolved_at FROM incident WHERE incident_id IN (SELECT incident_id FROM queued)
),
member AS MATERIALIZED (
    SELECT incident_id, resolved_at FROM incident_report WHERE incident_id IN (SELECT incident_id FROM queued)
),
astray AS MATERIALIZED (
    SELECT coalesce(i.incident_id, m.incident_id) AS incident_id
    FROM stored AS i FULL JOIN (SELECT incident_id, count(*) AS n FROM member GROUP BY incident_id) AS m USING (incident_id)
    WHERE i.n_reports IS DISTINCT FROM m.n
)
SELECT incident_id, resolved_at FROM scope_member
UNION
SELECT incident_id, resolved_at FROM known_incident WHERE incident_id IN (SELECT incident_id FROM batch_member)
UNION
SELECT incident_id, getvariable('run_at') FROM batch_member
UNION
SELECT incident_id, resolved_at FROM stored SEMI JOIN astray USING (incident_id)
UNION
SELECT incident_id, resolved_at FROM member SEMI JOIN astray USING (incident_id)
