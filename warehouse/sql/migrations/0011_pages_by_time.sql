ALTER TABLE page RENAME TO page_before;
CREATE TABLE page (
  page_id VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL,
  entry_id VARCHAR,
  item_title VARCHAR,
  item_published_at TIMESTAMP WITH TIME ZONE,
  item_updated_at TIMESTAMP WITH TIME ZONE,
  item_content_html VARCHAR,
  url VARCHAR NOT NULL,
  final_url VARCHAR NOT NULL,
  fetched_at TIMESTAMP WITH TIME ZONE NOT NULL,
  http_status SMALLINT NOT NULL,
  content_type VARCHAR,
  n_bytes BIGINT NOT NULL CHECK (n_bytes >= 0),
  sha256 VARCHAR NOT NULL,
  warc_file VARCHAR NOT NULL,
  warc_offset BIGINT NOT NULL CHECK (warc_offset >= 0),
  warc_length BIGINT NOT NULL CHECK (warc_length >= 0)
);
INSERT INTO page BY NAME SELECT * FROM page_before;
DROP TABLE page_before;

ALTER TABLE derivation RENAME TO derivation_before;
CREATE TABLE derivation (
  page_id VARCHAR NOT NULL,
  fetched_at TIMESTAMP WITH TIME ZONE NOT NULL,
  run_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  outcome VARCHAR NOT NULL CHECK (outcome IN ('report', 'no_incident', 'not_candidate', 'not_read_language', 'rejected')),
  article_id VARCHAR,
  reason VARCHAR,
  n_reports BIGINT NOT NULL CHECK (n_reports >= 0)
);
INSERT INTO derivation BY NAME
SELECT d.*, coalesce(p.fetched_at, to_timestamp(0)) AS fetched_at  -- the check no_orphans finds one without a page
FROM derivation_before AS d LEFT JOIN page AS p USING (page_id)
ORDER BY fetched_at;
DROP TABLE derivation_before;

ALTER TABLE evidence RENAME TO evidence_before;
CREATE TABLE evidence (
  row_table VARCHAR NOT NULL CHECK (row_table IN ('report', 'claim')),
  row_id VARCHAR NOT NULL,
  column_name VARCHAR NOT NULL,
  article_id VARCHAR NOT NULL,
  as_of TIMESTAMP WITH TIME ZONE NOT NULL,
  span_start BIGINT NOT NULL CHECK (span_start >= 0),
  span_end BIGINT NOT NULL CHECK (span_end >= 0),
  quote VARCHAR NOT NULL,
  rule VARCHAR NOT NULL,
  confidence DOUBLE CHECK (confidence BETWEEN 0 AND 1),
  is_withheld BOOLEAN
);
INSERT INTO evidence BY NAME
SELECT e.*, coalesce(a.published_at, a.fetched_at, to_timestamp(0)) AS as_of  -- the check quotes_are_in_texts finds one without an article
FROM evidence_before AS e LEFT JOIN article AS a USING (article_id)
ORDER BY as_of;
DROP TABLE evidence_before;
