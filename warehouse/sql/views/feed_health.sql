-- One feed: whether it still brings anything.
-- @feed_id: feed
-- @publisher: name of the publisher
-- @active: polled at night
-- @inactive_reason: why it is not
-- @n_polls: polls on record
-- @ok_share: share of polls that were answered (new, unchanged or same body), 0 to 1; NULL: never polled
-- @last_status: what happened at the last poll
-- @last_polled_at: time of the last poll (UTC)
-- @last_ok_at: last time it was answered (UTC)
-- @last_entry_at: last time it held an entry not seen before (UTC)
-- @failures_in_row: failed polls since
-- @n_entries: entries seen so far
-- @n_articles: article versions read from it
-- @last_message: what went wrong last
-- @next_poll_at: not polled before (UTC)
CREATE OR REPLACE VIEW feed_health AS
WITH poll AS (
    SELECT feed_id, count(*) AS n_polls, avg(CAST(status IN ('ok', 'not_modified', 'same_body') AS INTEGER)) AS ok_share,
        max_by(status, polled_at) AS last_status, max(polled_at) AS last_polled_at,
        max(polled_at) FILTER (status IN ('ok', 'not_modified', 'same_body')) AS last_ok_at,
        max(polled_at) FILTER (n_new > 0) AS last_entry_at,
        max_by(message, polled_at) FILTER (message IS NOT NULL) AS last_message
    FROM feed_poll GROUP BY feed_id
),
seen AS (SELECT feed_id, count(*) AS n_entries FROM entry GROUP BY feed_id),
read AS (SELECT feed_id, count(*) AS n_articles FROM article GROUP BY feed_id)
SELECT f.feed_id, f.publisher, f.active, f.inactive_reason, coalesce(p.n_polls, 0) AS n_polls, p.ok_share, p.last_status,
    p.last_polled_at, p.last_ok_at, p.last_entry_at, f.n_failures AS failures_in_row, coalesce(s.n_entries, 0) AS n_entries,
    coalesce(r.n_articles, 0) AS n_articles, p.last_message, f.next_poll_at
FROM feed AS f
LEFT JOIN poll AS p USING (feed_id)
LEFT JOIN seen AS s USING (feed_id)
LEFT JOIN read AS r USING (feed_id)
