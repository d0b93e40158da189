-- Every id that an incident has or had, and the incident that it leads to now. Quoted ids never die: merges keep both.
-- @any_id: present or former id
-- @incident_id: present id
-- @is_former: an id from before
-- @changed_at: run time of the change (UTC); NULL: the present id
-- @reason: why the id changed; NULL: the present id
CREATE OR REPLACE VIEW incident_ids AS
SELECT incident_id AS any_id, incident_id, false AS is_former, CAST(NULL AS TIMESTAMPTZ) AS changed_at, CAST(NULL AS VARCHAR) AS reason
FROM incident
UNION ALL
SELECT old_id, incident_id, true, changed_at, reason FROM incident_alias
