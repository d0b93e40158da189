CREATE TABLE publish_queue (
  kind VARCHAR NOT NULL CHECK (kind IN ('article', 'page', 'incident', 'article_month', 'incident_month')),
  key VARCHAR NOT NULL,
  PRIMARY KEY (kind, key)
);

ALTER TABLE check_result ADD COLUMN is_full BOOLEAN;
