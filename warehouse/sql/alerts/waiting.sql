-- Alerts that wait to be sent, the gravest first.
SELECT * FROM alert WHERE told_at IS NULL AND NOT is_summarised ORDER BY severity, kind = 'more', now_number DESC NULLS LAST, raised_at, alert_id
