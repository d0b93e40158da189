-- What each archived page still needs of one stage: one row a page whose bytes are there. $stage: clean or extract. A page is missing
-- (never read), refused (an open reject of the stage, given up ones left out), stale (by another version of cleaner or extractor),
-- or left by the last backfill of its day that did not end well: then it is still to be done as that one was asked.
WITH refusal AS (
    SELECT input_ref AS page_id FROM reject
    WHERE resolved_at IS NULL AND drained_at IS NULL AND (stage = 'clean' OR ($stage = 'extract' AND stage IN ('extract', 'load')))
    GROUP BY input_ref
), last_try AS (
    SELECT d.day, arg_max(d.status, r.started_at) AS status, arg_max(d.mode, r.started_at) AS mode, max(r.started_at) AS began_at
    FROM backfill_day AS d JOIN run AS r USING (run_id)
    WHERE d.stage = $stage
    GROUP BY d.day
), state AS (
    SELECT p.page_id, CAST(p.fetched_at AS DATE) AS day, p.n_bytes, e.feed_id,
        -- Left uncleaned as no candidate is missing where all pages are to be cleaned: queries/pages_to_derive.sql has the same rule.
        d.page_id IS NULL OR (d.outcome = 'not_candidate' AND NOT ends_with($extractor_version, '-candidates')) AS is_missing,
        f.page_id IS NOT NULL AS is_refused,
        coalesce(
            -- The text of an article comes from the first page that brought it, and only that one is cleaned for it.
            CASE $stage WHEN 'clean' THEN a.page_id = p.page_id AND a.cleaner_version <> $cleaner_version
                ELSE $extractor_version NOT IN (d.extractor_version, d.extractor_version || '-candidates') END, false) AS is_stale,
        CASE WHEN t.status IN ('planned', 'running') THEN 'crashed' -- there is one writer: whoever left a day open was killed
            WHEN t.status <> 'done' THEN t.status END AS left_by,
        t.mode AS left_mode,
        coalesce(r.started_at < t.began_at, true) AS is_before
    FROM page AS p
    LEFT JOIN entry AS e ON e.entry_id = p.entry_id
    LEFT JOIN derivation AS d ON d.page_id = p.page_id
    LEFT JOIN run AS r ON r.run_id = d.run_id
    LEFT JOIN article AS a ON a.article_id = d.article_id
    LEFT JOIN refusal AS f ON f.page_id = p.page_id
    LEFT JOIN last_try AS t ON t.day = CAST(p.fetched_at AS DATE)
    WHERE p.warc_length > 0 -- bytes that the retention rule deleted cannot be read again
)
SELECT page_id, day, n_bytes, feed_id, is_missing, is_refused, is_stale, left_by,
    left_by IS NOT NULL AND CASE left_mode
        WHEN 'missing' THEN is_missing
        WHEN 'stale' THEN is_missing OR is_stale
        WHEN 'failed' THEN is_refused
        ELSE is_before
    END AS is_left
FROM state
