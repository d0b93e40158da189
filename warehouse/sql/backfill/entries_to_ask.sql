-- Entries of batch_asked as `frontier.sql` gives them, newest first.
SELECT e.entry_id, e.feed_id, e.url, e.title, e.published_at, e.updated_at, e.summary, e.content_html, e.first_seen_at, e.last_changed_at
FROM entry AS e SEMI JOIN batch_asked AS b USING (entry_id)
ORDER BY coalesce(e.published_at, e.first_seen_at) DESC, e.entry_id
