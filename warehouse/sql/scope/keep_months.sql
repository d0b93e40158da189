-- What was found well waits no more; the months that it lies in, or lay in before, wait for the Parquet mirror. Incidents wait until the
-- rows of the views tell of them (warehouse.view_rows).
INSERT INTO publish_queue
SELECT 'article_month', strftime(fetched_at AT TIME ZONE 'UTC', '%Y-%m') FROM page WHERE page_id IN (SELECT key FROM publish_queue WHERE kind = 'page')
UNION
SELECT 'article_month', strftime(fetched_at AT TIME ZONE 'UTC', '%Y-%m')
FROM article WHERE article_id IN (SELECT key FROM publish_queue WHERE kind = 'article')
UNION
SELECT 'incident_month', coalesce(strftime(event_date_start, '%Y-%m'), 'unknown')
FROM incident_version WHERE incident_id IN (SELECT key FROM publish_queue WHERE kind = 'incident')
ON CONFLICT DO NOTHING;
DELETE FROM publish_queue WHERE kind IN ('article', 'page')
