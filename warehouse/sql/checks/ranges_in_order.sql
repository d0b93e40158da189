-- min <= best <= max in every count of reports, claims and incidents.
SELECT row_table, row_id, toll, count_min, count_best, count_max
FROM (
    SELECT 'report' AS row_table, report_id AS row_id, toll, count_min, count_best, count_max FROM report_tolls
    UNION ALL
    SELECT 'claim', claim_id, effect, count_min, count_best, count_max FROM claim
    UNION ALL
    SELECT 'incident', incident_id, 'killed', killed_min, killed_best, killed_max FROM incident
    UNION ALL
    SELECT 'incident', incident_id, 'injured', injured_min, injured_best, injured_max FROM incident
)
WHERE count_min > count_best OR count_best > count_max OR count_min > count_max
