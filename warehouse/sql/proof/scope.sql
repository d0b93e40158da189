-- What is derived again: all pages, or those that the articles of $incident_id were read from. A page that another extractor read
-- is not: its values are that one's, not ours.
CREATE OR REPLACE TEMP TABLE proof_page AS
SELECT page_id, d.extractor_version = $extractor_version AND p.warc_length > 0 AS is_ours, d.article_id
FROM stored.derivation AS d JOIN stored.page AS p USING (page_id)
WHERE $incident_id IS NULL OR d.page_id IN (
    SELECT a.page_id
    FROM stored.incident_report AS m JOIN stored.report AS r USING (report_id) JOIN stored.article AS a ON a.article_id = r.article_id
    WHERE m.incident_id = $incident_id
)
