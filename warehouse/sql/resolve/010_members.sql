-- Reports of the touched incidents that decide their fields: those that tell them as news, else all of them.
CREATE OR REPLACE TEMP TABLE resolve_member AS
WITH member AS (
    SELECT m.*, bool_or(m.counts) OVER (PARTITION BY m.incident_id) AS has_counting
    FROM incident_members AS m
    WHERE m.incident_id IN (SELECT incident_id FROM touched)
)
SELECT m.incident_id, m.text_family, m.outlet, m.stated_at, r.*
FROM member AS m JOIN report AS r USING (report_id)
WHERE m.counts OR NOT m.has_counting;
