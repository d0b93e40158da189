-- All reports.
SELECT report_id, as_of FROM report ORDER BY report_id
