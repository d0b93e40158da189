CREATE TABLE alert (
  alert_id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL CHECK (kind IN ('nightly.late', 'feed.silent', 'feed.dropped', 'feed.flooded', 'check.failed', 'toll.threshold', 'toll.changed', 'more')),
  severity VARCHAR NOT NULL CHECK (severity IN ('grave', 'notice')),
  subject VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL,
  raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
  headline VARCHAR NOT NULL,
  message VARCHAR NOT NULL,
  was_number BIGINT CHECK (was_number >= 0),
  now_number BIGINT CHECK (now_number >= 0),
  quote VARCHAR,
  url VARCHAR,
  is_summarised BOOLEAN NOT NULL,
  told_at TIMESTAMP WITH TIME ZONE,
  told_by VARCHAR,
  ended_at TIMESTAMP WITH TIME ZONE,
  PRIMARY KEY (alert_id)
);

CREATE TABLE alert_look (
  run_id VARCHAR NOT NULL,
  looked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  n_alerts BIGINT NOT NULL CHECK (n_alerts >= 0),
  PRIMARY KEY (run_id)
);
