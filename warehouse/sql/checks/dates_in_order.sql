-- An event does not end before it starts.
SELECT 'report' AS row_table, report_id AS row_id, event_date_start, event_date_end FROM report WHERE event_date_start > event_date_end
UNION ALL
SELECT 'incident', incident_id, event_date_start, event_date_end FROM incident WHERE event_date_start > event_date_end
