-- A night $times larger: the same archived bytes under other addresses.
INSERT INTO page BY NAME
SELECT p.* REPLACE (p.page_id || '-' || i AS page_id, p.url || '?copy=' || i AS url, p.final_url || '?copy=' || i AS final_url)
FROM page AS p, range($times) AS r(i)
