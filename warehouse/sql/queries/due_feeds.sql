-- Active feeds that may be polled at $now, with what the last answer left: validators and the digest of its body.
SELECT * FROM feed
WHERE active AND (next_poll_at IS NULL OR next_poll_at <= $now)
ORDER BY feed_id
