-- The runs of the night, in the order in which they began; which extractor read, with which lexicons.
SELECT run_id, flow, started_at, finished_at, status, code_version, seed_digest, message,
    json_extract_string(parameters, '$.extractor_version') AS extractor_version
FROM run
WHERE started_at >= $since AND started_at < $until
ORDER BY started_at, CASE flow WHEN 'collect' THEN 1 WHEN 'derive' THEN 2 WHEN 'backfill' THEN 2 WHEN 'publish' THEN 3 ELSE 4 END, run_id
