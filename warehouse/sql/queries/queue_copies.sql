-- Articles that were found to be copies, or no copies after all, are matched again.
INSERT INTO match_queue BY NAME SELECT article_id, stated_at AS as_of FROM batch_copies ON CONFLICT DO NOTHING;
INSERT INTO publish_queue SELECT 'article', article_id FROM batch_copies ON CONFLICT DO NOTHING
