-- How many things refused on earlier nights are still open.
SELECT count(*) AS n FROM reject WHERE last_at < $since AND (resolved_at IS NULL OR resolved_at >= $until)
