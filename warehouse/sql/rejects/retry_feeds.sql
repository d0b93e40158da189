-- Feeds are due at the next run, however often they failed.
UPDATE feed SET next_poll_at = NULL
WHERE feed_id IN (
    SELECT r.input_ref FROM reject AS r JOIN chosen_reject AS c USING (reject_id) WHERE r.stage = 'poll' AND r.resolved_at IS NULL
)
