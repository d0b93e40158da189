-- Spans of the claims of some article versions.
SELECT article_id, span_start, span_end, claim_type FROM claim
WHERE article_id IN (SELECT unnest(CAST($article_ids AS VARCHAR[]))) ORDER BY article_id, span_start, span_end, claim_type
