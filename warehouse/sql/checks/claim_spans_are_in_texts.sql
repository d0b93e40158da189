-- Every claim's span lies within its article's text.
SELECT c.claim_id, c.span_start, c.span_end
FROM claim AS c
JOIN article AS a USING (article_id)
WHERE c.span_end > length(a.text) OR c.span_start > c.span_end
