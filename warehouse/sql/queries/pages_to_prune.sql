-- Archived pages fetched before $before, and whether a published value rests on them: a report of their article belongs to an incident,
-- a decision hangs on it, or it is the original that a copy of it is measured by.
SELECT p.page_id, p.url, p.fetched_at, p.sha256, p.warc_file, p.warc_offset, p.warc_length,
    coalesce(d.article_id IN (
        SELECT r.article_id FROM incident_report AS m JOIN report AS r USING (report_id)
        UNION SELECT article_id FROM decision_report
        UNION SELECT duplicate_of FROM article WHERE duplicate_of IS NOT NULL
    ), false) AS is_evidence
FROM page AS p LEFT JOIN derivation AS d USING (page_id)
WHERE p.fetched_at < $before AND p.warc_length > 0
  AND d.page_id IS NOT NULL -- a page that was never read may still hold something
ORDER BY p.warc_file, p.warc_offset
