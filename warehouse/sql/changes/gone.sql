-- Articles whose page was gone at a later look. The first look that found it gone counts.
SELECT a.canonical_url, a.outlet, a.title, min(k.checked_at) AS checked_at, max(p.fetched_at) AS previous_at
FROM page_check AS k JOIN page AS p ON p.url = k.url JOIN derivation AS d ON d.page_id = p.page_id JOIN article AS a USING (article_id)
WHERE k.status = 'gone' AND ($urls IS NULL OR list_contains(CAST($urls AS VARCHAR[]), a.canonical_url))
GROUP BY a.canonical_url, a.outlet, a.title
HAVING $night IS NULL OR CAST(min(k.checked_at) AS DATE) = CAST($night AS DATE)
ORDER BY checked_at, canonical_url
