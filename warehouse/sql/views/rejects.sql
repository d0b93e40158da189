-- One thing that was refused, with the outlet it came from and what becomes of it.
-- @reject_id: digest of stage and input
-- @stage: stage that refused it
-- @reason: class of the reason
-- @outlet: publisher domain; NULL: not of a page or feed
-- @url: address of the page or feed; NULL: none
-- @state: waiting (tried again by itself from next_try_at on), stopped (not tried again by itself), drained (a person gave it up),
-- resolved (went through after all)
-- @attempts: how often it was tried
-- @first_at: first refusal (UTC)
-- @last_at: last refusal (UTC)
-- @next_try_at: not tried before (UTC); NULL: not tried again by itself
-- @resolved_at: when it went through after all (UTC)
-- @drained_at: when a person gave it up (UTC)
-- @drained_reason: why
-- @input_ref: what was refused: feed, address, page or row id
-- @message: what happened and what to do
CREATE OR REPLACE VIEW rejects AS
WITH placed AS (
    SELECT r.*, CASE WHEN r.stage = 'fetch' THEN r.input_ref ELSE coalesce(f.url, p.url, a.canonical_url) END AS url
    FROM reject AS r
    LEFT JOIN feed AS f ON r.stage = 'poll' AND f.feed_id = r.input_ref
    LEFT JOIN page AS p ON r.stage NOT IN ('poll', 'fetch') AND p.page_id = r.input_ref
    LEFT JOIN article AS a ON r.stage NOT IN ('poll', 'fetch') AND a.article_id = r.input_ref
)
SELECT reject_id, stage, reason, nullif(regexp_extract(url, '^https?://(?:www\.)?([^/?#]+)', 1), '') AS outlet, url,
    CASE
        WHEN resolved_at IS NOT NULL THEN 'resolved'
        WHEN drained_at IS NOT NULL THEN 'drained'
        WHEN retry_after IS NULL THEN 'stopped'
        ELSE 'waiting'
    END AS state,
    attempts, first_at, last_at, retry_after AS next_try_at, resolved_at, drained_at, drained_reason, input_ref, message
FROM placed
