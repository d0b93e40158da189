-- One feed: whether it still brings anything, measured against its own history. Days and weeks count back from its last answer, not
-- from today, and its first answer, which brings what had piled up, counts for nothing.
-- @feed_id: feed
-- @publisher: name of the publisher
-- @active: polled at night
-- @inactive_reason: why it is not
-- @state: the worst that holds: off, new (never answered, never failed), failing (the last poll), moved (for good: change the address),
-- silent (answers, but nothing new for longer than its own gaps explain), overflowing (all its entries were new at one of the last
-- ten polls that held any: some may be lost), flooded, dropped (volume), well
-- @n_polls: polls on record
-- @ok_share: share of polls that were answered (new, unchanged or same body), 0 to 1; NULL: never polled
-- @last_status: what happened at the last poll
-- @last_weight: hard, soft or temporary failure of the last poll; NULL: none
-- @last_polled_at: time of the last poll (UTC)
-- @last_ok_at: last time it was answered (UTC)
-- @last_entry_at: last time it held an entry not seen before (UTC)
-- @failures_in_row: failed polls since
-- @n_entries: entries seen so far
-- @n_articles: article versions read from it
-- @silent_days: days without a new entry up to its last answer; NULL: never held one
-- @usual_gap_days: longest of 95 in 100 gaps between days with something new; NULL: fewer than five gaps known
-- @last_day: new entries in the day before its last answer
-- @usual_day: new entries that 95 of 100 days of the eight weeks before the last week stayed within; NULL: history too short
-- @last_week: new entries in the seven days before its last answer
-- @usual_week: median of the eight weeks before that; NULL: fewer than four weeks known
-- @n_overflows: polls on record at which all of several entries were new, the first answer left out
-- @poll_interval_h: wait between polls that follows from the share of new items, hours
-- @asked_interval_h: wait that the feed or its host asks for, hours
-- @moved_to: address to which it has moved for good; put it into the list of feeds
-- @last_message: what went wrong last
-- @next_poll_at: not polled before (UTC)
CREATE OR REPLACE VIEW feed_health AS
WITH poll AS (
    SELECT *, status IN ('ok', 'not_modified', 'same_body') AS is_ok,
        min(polled_at) FILTER (status IN ('ok', 'not_modified', 'same_body')) OVER feed AS first_ok_at,
        max(polled_at) FILTER (status IN ('ok', 'not_modified', 'same_body')) OVER feed AS last_ok_at
    FROM feed_poll
    WINDOW feed AS (PARTITION BY feed_id)
),
total AS (
    SELECT feed_id, count(*) AS n_polls, avg(CAST(is_ok AS INTEGER)) AS ok_share,
        max_by(status, polled_at) AS last_status, max_by(coalesce(weight, ''), polled_at) AS last_weight, max(polled_at) AS last_polled_at,
        any_value(first_ok_at) AS first_ok_at, any_value(last_ok_at) AS last_ok_at, max(polled_at) FILTER (n_new > 0) AS last_entry_at,
        max_by(message, polled_at) FILTER (message IS NOT NULL) AS last_message,
        count(*) FILTER (n_new = n_entries AND n_entries > 1 AND polled_at > first_ok_at) AS n_overflows,
        coalesce(sum(n_new) FILTER (polled_at > first_ok_at AND epoch_us(polled_at) > epoch_us(last_ok_at) - 1 * 86400000000), 0) AS last_day,
        coalesce(sum(n_new) FILTER (polled_at > first_ok_at AND epoch_us(polled_at) > epoch_us(last_ok_at) - 7 * 86400000000), 0) AS last_week
    FROM poll GROUP BY feed_id
),
recent AS ( -- the last ten polls that held entries
    SELECT feed_id, bool_or(n_new = n_entries AND n_entries > 1 AND polled_at > first_ok_at) AS is_overflowing
    FROM (FROM poll WHERE n_entries > 0 QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY polled_at DESC) <= 10)
    GROUP BY feed_id
),
fresh_day AS (
    SELECT DISTINCT feed_id, CAST(make_timestamp(epoch_us(polled_at)) AS DATE) AS day FROM poll WHERE n_new > 0
),
gap AS (
    SELECT feed_id, CASE WHEN count(days) >= 5 THEN quantile_cont(days, 0.95) END AS usual_gap_days
    FROM (SELECT feed_id, day - lag(day) OVER (PARTITION BY feed_id ORDER BY day) AS days FROM fresh_day)
    WHERE days IS NOT NULL GROUP BY feed_id
),
past AS ( -- days 8 to 63 before the last answer, as far as the feed was known
    SELECT t.feed_id, day.n AS day_no, (day.n - 8) // 7 AS week_no
    FROM total AS t, unnest(range(8, 64)) AS day (n)
    WHERE t.last_ok_at - to_days(CAST(day.n AS INTEGER)) >= t.first_ok_at
),
past_day AS (
    SELECT p.feed_id, p.day_no, p.week_no, coalesce(sum(b.n_new), 0) AS n_new
    FROM past AS p
    LEFT JOIN (
        -- differences of moments go through the calendar of a time zone, which takes half a minute for two million polls
        SELECT feed_id, n_new, (epoch_us(last_ok_at) - epoch_us(polled_at)) // 86400000000 + 1 AS day_no
        FROM poll WHERE n_new > 0 AND polled_at > first_ok_at
    ) AS b ON b.feed_id = p.feed_id AND b.day_no = p.day_no
    GROUP BY ALL
),
usual AS (
    SELECT feed_id, CASE WHEN count(*) >= 28 THEN quantile_cont(n_new, 0.95) END AS usual_day FROM past_day GROUP BY feed_id
),
usual_weeks AS (
    SELECT feed_id, CASE WHEN count(*) >= 4 THEN median(n_new) END AS usual_week
    FROM (SELECT feed_id, week_no, sum(n_new) AS n_new FROM past_day GROUP BY ALL HAVING count(*) = 7) GROUP BY feed_id
),
measured AS (
    SELECT f.*, t.* EXCLUDE (feed_id), coalesce(r.is_overflowing, false) AS is_overflowing, g.usual_gap_days, u.usual_day, w.usual_week,
        epoch(t.last_ok_at - t.last_entry_at) / 86400 AS silent_days
    FROM feed AS f
    LEFT JOIN total AS t USING (feed_id)
    LEFT JOIN recent AS r USING (feed_id)
    LEFT JOIN gap AS g USING (feed_id)
    LEFT JOIN usual AS u USING (feed_id)
    LEFT JOIN usual_weeks AS w USING (feed_id)
),
seen AS (SELECT feed_id, count(*) AS n_entries FROM entry GROUP BY feed_id),
read AS (SELECT feed_id, count(*) AS n_articles FROM article GROUP BY feed_id)
SELECT m.feed_id, m.publisher, m.active, m.inactive_reason,
    CASE
        WHEN NOT m.active THEN 'off'
        WHEN m.n_polls IS NULL THEN 'new'
        WHEN m.last_weight <> '' THEN 'failing'
        WHEN m.moved_to IS NOT NULL THEN 'moved'
        -- Three of its own longest usual gaps, and never less than three days; without a history a month.
        WHEN m.silent_days > CASE WHEN m.usual_gap_days IS NULL THEN 30 ELSE greatest(3, 3 * m.usual_gap_days) END
            OR (m.silent_days IS NULL AND m.last_ok_at - m.first_ok_at > INTERVAL 30 DAY) THEN 'silent'
        WHEN m.is_overflowing THEN 'overflowing'
        WHEN m.usual_day IS NOT NULL AND m.last_day > greatest(30, 4 * m.usual_day) THEN 'flooded'
        WHEN m.usual_week >= 7 AND m.last_week < 0.3 * m.usual_week THEN 'dropped'
        ELSE 'well'
    END AS state,
    coalesce(m.n_polls, 0) AS n_polls, m.ok_share, m.last_status, nullif(m.last_weight, '') AS last_weight, m.last_polled_at, m.last_ok_at,
    m.last_entry_at, m.n_failures AS failures_in_row, coalesce(s.n_entries, 0) AS n_entries, coalesce(r.n_articles, 0) AS n_articles,
    m.silent_days, m.usual_gap_days, CAST(m.last_day AS BIGINT) AS last_day, m.usual_day, CAST(m.last_week AS BIGINT) AS last_week,
    m.usual_week, coalesce(m.n_overflows, 0) AS n_overflows, m.poll_interval_h, m.asked_interval_h, m.moved_to, m.last_message, m.next_poll_at
FROM measured AS m
LEFT JOIN seen AS s USING (feed_id)
LEFT JOIN read AS r USING (feed_id)
