-- The last publication that was made, of a published file.
SELECT max(started_at) AS at, max_by(run_id, started_at) AS run_id FROM run WHERE flow = 'publish'
