-- Alerts that may still hold, or that a new one may repeat: those of the last days, and feeds and checks that are not well again.
SELECT alert_id, kind, subject, raised_at, ended_at FROM alert WHERE ended_at IS NULL OR ended_at > $at - INTERVAL 7 DAY
