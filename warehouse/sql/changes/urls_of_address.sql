-- Addresses of the articles that were asked for, answered, or are remembered at one of the addresses $urls.
SELECT DISTINCT a.canonical_url
FROM derivation AS d JOIN page AS p USING (page_id) JOIN article AS a USING (article_id)
WHERE list_has_any(CAST($urls AS VARCHAR[]), [p.url, p.final_url, a.canonical_url]) ORDER BY 1
