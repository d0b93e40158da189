ALTER TABLE article ADD COLUMN address_key BIGINT;
UPDATE article SET address_key = CAST('0x' || sha256(canonical_url)[:8] AS BIGINT);
