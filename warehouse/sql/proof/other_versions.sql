-- Pages in scope that another extractor read, by its version.
SELECT d.extractor_version, count(*) AS n
FROM proof_page JOIN stored.derivation AS d USING (page_id) JOIN stored.page AS p USING (page_id)
WHERE NOT is_ours AND p.warc_length > 0
GROUP BY ALL ORDER BY ALL
