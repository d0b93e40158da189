ALTER TABLE derivation RENAME TO derivation_before;
CREATE TABLE derivation (
  page_id VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  outcome VARCHAR NOT NULL CHECK (outcome IN ('report', 'no_incident', 'not_candidate', 'not_read_language', 'rejected')),
  article_id VARCHAR,
  reason VARCHAR,
  n_reports BIGINT NOT NULL CHECK (n_reports >= 0),
  PRIMARY KEY (page_id)
);
INSERT INTO derivation BY NAME SELECT * FROM derivation_before;
DROP TABLE derivation_before;
