-- What a batch writes waits for the checks and the next publication.
INSERT INTO publish_queue
SELECT 'article', article_id FROM batch_article UNION SELECT 'page', page_id FROM batch_page
ON CONFLICT DO NOTHING
