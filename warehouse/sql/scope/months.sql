-- Months that what waits lies in, or lay in before.
SELECT 'article_month' AS kind, strftime(fetched_at AT TIME ZONE 'UTC', '%Y-%m') AS key
FROM page WHERE page_id IN (SELECT key FROM publish_queue WHERE kind = 'page')
UNION
SELECT 'article_month', strftime(fetched_at AT TIME ZONE 'UTC', '%Y-%m')
FROM article WHERE article_id IN (SELECT key FROM publish_queue WHERE kind = 'article')
UNION
SELECT 'incident_month', coalesce(strftime(event_date_start, '%Y-%m'), 'unknown')
FROM incident_version WHERE incident_id IN (SELECT key FROM publish_queue WHERE kind = 'incident')
