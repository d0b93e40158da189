-- Rows that cannot be derived here (another extractor's, or their bytes are damaged) are taken as they stand, so that what
-- rests on them is not called wrong for their sake. needs: proof_page, lost_page
CREATE OR REPLACE TEMP TABLE trusted AS
SELECT DISTINCT p.article_id
FROM proof_page AS p
WHERE p.article_id IS NOT NULL AND (NOT p.is_ours OR p.page_id IN (SELECT page_id FROM lost_page))
  AND p.article_id NOT IN (SELECT article_id FROM article);
INSERT INTO article BY NAME SELECT * FROM stored.article WHERE article_id IN (SELECT article_id FROM trusted);
INSERT INTO report BY NAME SELECT * FROM stored.report WHERE article_id IN (SELECT article_id FROM trusted);
INSERT INTO claim BY NAME SELECT * FROM stored.claim WHERE article_id IN (SELECT article_id FROM trusted);
INSERT INTO evidence BY NAME SELECT * FROM stored.evidence WHERE article_id IN (SELECT article_id FROM trusted)
