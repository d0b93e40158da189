-- Pages to be read, with what their feed item said when they were fetched. $mode: missing (never read), stale (never read, or by another
-- extractor version), failed (rejected before), all. Pages that were left uncleaned as no candidates have a version of their own, which
-- ends in -candidates: asked for without that ending, they are missing. [$start, $end) bounds fetched_at; NULL is open.
SELECT p.*, e.feed_id,
    f.language AS feed_language, f.country_iso2 AS feed_country_iso2, f.region_focus AS feed_region_focus
FROM page AS p
LEFT JOIN derivation AS d USING (page_id)
LEFT JOIN entry AS e ON e.entry_id = p.entry_id
LEFT JOIN feed AS f ON f.feed_id = e.feed_id
WHERE (CAST($start AS TIMESTAMPTZ) IS NULL OR p.fetched_at >= CAST($start AS TIMESTAMPTZ))
  AND (CAST($end AS TIMESTAMPTZ) IS NULL OR p.fetched_at < CAST($end AS TIMESTAMPTZ))
  AND p.warc_length > 0 -- bytes that the retention rule deleted cannot be read again: what was read from them stays
  AND CASE $mode
        WHEN 'missing' THEN d.page_id IS NULL OR (d.outcome = 'not_candidate' AND NOT ends_with($extractor_version, '-candidates'))
        WHEN 'stale' THEN d.page_id IS NULL OR $extractor_version NOT IN (d.extractor_version, d.extractor_version || '-candidates')
        WHEN 'failed' THEN d.outcome = 'rejected'
        WHEN 'all' THEN true
        ELSE error('mode must be missing, stale, failed or all, not ' || $mode)
      END
ORDER BY p.warc_file, p.warc_offset, p.page_id
