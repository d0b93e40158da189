-- How much goes.
SELECT (SELECT count(*) FROM erased_page) AS n_pages, (SELECT count(*) FROM erased_article) AS n_articles,
    (SELECT count(*) FROM report WHERE article_id IN (SELECT article_id FROM erased_article)) AS n_reports,
    (SELECT count(*) FROM claim WHERE article_id IN (SELECT article_id FROM erased_article)) AS n_claims
