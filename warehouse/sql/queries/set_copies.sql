-- Copies found in batch_copies: the article each one copies; NULL: it copies none after all.
UPDATE article SET duplicate_of = c.duplicate_of FROM batch_copies AS c WHERE article.article_id = c.article_id
