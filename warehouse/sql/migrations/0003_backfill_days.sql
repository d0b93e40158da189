CREATE TABLE backfill_day (
  run_id VARCHAR NOT NULL,
  stage VARCHAR NOT NULL CHECK (stage IN ('fetch', 'clean', 'extract')),
  day DATE NOT NULL,
  mode VARCHAR NOT NULL CHECK (mode IN ('missing', 'failed', 'stale', 'all')),
  status VARCHAR NOT NULL CHECK (status IN ('planned', 'running', 'done', 'failed', 'cancelled', 'crashed')),
  n_planned BIGINT NOT NULL CHECK (n_planned >= 0),
  n_in BIGINT CHECK (n_in >= 0),
  n_out BIGINT CHECK (n_out >= 0),
  n_rejected BIGINT CHECK (n_rejected >= 0),
  elapsed_s DOUBLE CHECK (elapsed_s >= 0),
  started_at TIMESTAMP WITH TIME ZONE,
  message VARCHAR,
  PRIMARY KEY (run_id, stage, day)
);

ALTER TABLE run RENAME TO run_before;
CREATE TABLE run (
  run_id VARCHAR NOT NULL,
  flow VARCHAR NOT NULL,
  started_at TIMESTAMP WITH TIME ZONE NOT NULL,
  finished_at TIMESTAMP WITH TIME ZONE,
  status VARCHAR NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'cancelled', 'crashed')),
  parameters VARCHAR NOT NULL,
  code_version VARCHAR NOT NULL,
  seed_digest VARCHAR NOT NULL,
  message VARCHAR,
  PRIMARY KEY (run_id)
);
INSERT INTO run BY NAME SELECT * FROM run_before;
DROP TABLE run_before;
