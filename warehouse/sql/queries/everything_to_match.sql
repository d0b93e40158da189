-- All reports.
SELECT report_id FROM report ORDER BY report_id
