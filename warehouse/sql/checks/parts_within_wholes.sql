-- No more children (women, civilians, security) are killed or injured than people.
SELECT * FROM (
    SELECT 'report' AS row_table, report_id AS row_id, killed_best, killed_max, injured_best, injured_max, children_killed_best,
        children_killed_min, women_killed_best, women_killed_min, civilians_killed_best, civilians_killed_min,
        security_killed_best, security_killed_min, children_injured_best, children_injured_min
    FROM report
    UNION ALL BY NAME
    SELECT 'incident' AS row_table, incident_id AS row_id, killed_best, killed_max, injured_best, injured_max, children_killed_best,
        children_killed_min, women_killed_best, women_killed_min, civilians_killed_best, civilians_killed_min,
        security_killed_best, security_killed_min, children_injured_best, children_injured_min
    FROM incident
)
WHERE greatest(children_killed_best, women_killed_best, civilians_killed_best, security_killed_best) > killed_best
   OR greatest(children_killed_min, women_killed_min, civilians_killed_min, security_killed_min) > killed_max
   OR children_injured_best > injured_best OR children_injured_min > injured_max
