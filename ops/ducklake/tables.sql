-- The tables of a lake that several watches write to: the rows of each watch's published file, with its name in front. DuckLake has no
-- keys; one watch writes only its own rows, in files of its own, so that two watches that commit at once never touch the same file.
CREATE TABLE IF NOT EXISTS lake.incidents AS SELECT CAST(NULL AS VARCHAR) AS watch, * FROM published.incidents LIMIT 0;
CREATE TABLE IF NOT EXISTS lake.incident_version AS SELECT CAST(NULL AS VARCHAR) AS watch, * FROM published.incident_version LIMIT 0;
CREATE TABLE IF NOT EXISTS lake.casualty_claims AS SELECT CAST(NULL AS VARCHAR) AS watch, * FROM published.casualty_claims LIMIT 0;
CREATE TABLE IF NOT EXISTS lake.incident_sources AS SELECT CAST(NULL AS VARCHAR) AS watch, * FROM published.incident_sources LIMIT 0;
ALTER TABLE lake.incidents SET PARTITIONED BY (watch);
ALTER TABLE lake.incident_version SET PARTITIONED BY (watch);
ALTER TABLE lake.casualty_claims SET PARTITIONED BY (watch);
ALTER TABLE lake.incident_sources SET PARTITIONED BY (watch)
