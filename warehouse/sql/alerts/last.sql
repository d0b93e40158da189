-- The last alerts, the newest first.
SELECT raised_at, kind, severity, subject, headline, was_number, now_number, quote, url, message, is_summarised, told_at, told_by, ended_at, alert_id, run_id
FROM alert WHERE $kind IS NULL OR kind = $kind ORDER BY raised_at DESC, severity, now_number DESC NULLS LAST, alert_id LIMIT $limit
