-- Since when changes are news: the last publication that was looked at; before the first look, the last publication that was made.
SELECT coalesce(
    (SELECT max(looked_at) FROM alert_look),
    (SELECT max(started_at) FROM run WHERE flow = 'publish' AND status = 'completed' AND started_at < $at)
) AS since
