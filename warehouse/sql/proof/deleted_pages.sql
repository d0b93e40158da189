-- Pages in scope that published values rest on and whose bytes the retention rule deleted because that was asked for.
SELECT x.url, x.deleted_at FROM stored.page_deletion AS x JOIN proof_page USING (page_id) WHERE x.was_evidence = 1 ORDER BY ALL
