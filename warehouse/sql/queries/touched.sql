-- Incidents to resolve: those that the matched reports belonged to (scope_member) or belong to now (batch_member), and those whose number of reports is not what
-- their row says (a reading was replaced and matching did not come to its end; what lost reports stands in publish_queue until then).
CREATE OR REPLACE TEMP TABLE touched AS
WITH queued AS MATERIALIZED (
    SELECT key AS incident_id FROM publish_queue WHERE kind = 'incident'
),
stored AS (
    SELECT incident_id, n_reports FROM incident WHERE incident_id IN (SELECT incident_id FROM queued)
),
member AS (
    SELECT incident_id, count(*) AS n FROM incident_report WHERE incident_id IN (SELECT incident_id FROM queued) GROUP BY incident_id
)
SELECT incident_id FROM scope_member
UNION
SELECT incident_id FROM batch_member
UNION
SELECT coalesce(i.incident_id, m.incident_id) FROM stored AS i FULL JOIN member AS m USING (incident_id) WHERE i.n_reports IS DISTINCT FROM m.n
