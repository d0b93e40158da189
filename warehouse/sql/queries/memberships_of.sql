-- Memberships as they are stored, of the reports of batch_matched.
SELECT report_id, incident_id, score, reasons, decided_by FROM incident_report WHERE report_id IN (SELECT report_id FROM batch_matched)
