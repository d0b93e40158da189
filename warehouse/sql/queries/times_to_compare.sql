-- When the articles of match_waiting were published, each time once.
SELECT DISTINCT coalesce(published_at, fetched_at) AS stated_at FROM match_waiting ORDER BY stated_at
