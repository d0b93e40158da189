-- What goes with the address $url: pages asked for at it, answered at it, or read as the article at it; the versions of that article.
CREATE OR REPLACE TEMP TABLE erased_page AS
SELECT page_id FROM page WHERE $url IN (url, final_url)
UNION
SELECT d.page_id FROM derivation AS d JOIN article AS a USING (article_id) WHERE a.canonical_url = $url
UNION
SELECT page_id FROM article WHERE canonical_url = $url;
CREATE OR REPLACE TEMP TABLE erased_article AS
SELECT article_id FROM article WHERE canonical_url = $url OR page_id IN (SELECT page_id FROM erased_page);
CREATE OR REPLACE TEMP TABLE erased_address AS
SELECT CAST($url AS VARCHAR) AS url
UNION
SELECT url FROM page WHERE page_id IN (SELECT page_id FROM erased_page)
UNION
SELECT final_url FROM page WHERE page_id IN (SELECT page_id FROM erased_page)
