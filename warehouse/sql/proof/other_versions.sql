-- Pages in scope that another extractor read, by its version.
SELECT d.extractor_version, count(*) AS n
FROM proof_page JOIN stored.derivation AS d USING (page_id)
WHERE NOT is_ours
GROUP BY ALL ORDER BY ALL
