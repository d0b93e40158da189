-- Who speaks
-- Which kinds of source give numbers, and how many of their numbers decide a toll now?
SELECT speaker_class, min(authority) AS authority, count(*) AS claims, count(DISTINCT incident_id) AS incidents,
    count(*) FILTER (is_current) AS decide_now
FROM casualty_claims
GROUP BY speaker_class
ORDER BY authority, speaker_class
