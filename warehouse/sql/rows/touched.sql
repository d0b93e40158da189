-- What the views of incidents read, of the incidents that were touched since the last publication, in the attached database `part`. Of
-- incidents the keys are looked through; the rest is found by the times that rows bear, which the checks have found right. DuckDB then opens no
-- blocks of other rows, if it may filter by as many values as there are (dynamic_or_filter_threshold).
SET dynamic_or_filter_threshold = 1000000;
CREATE TABLE part.named AS SELECT key AS incident_id FROM publish_queue WHERE kind = 'incident';
CREATE TABLE part.row AS SELECT rowid AS n FROM incident WHERE incident_id IN (FROM part.named);
CREATE TABLE part.incident AS FROM incident WHERE rowid IN (FROM part.row);
CREATE OR REPLACE TABLE part.row AS SELECT rowid AS n FROM incident_version WHERE incident_id IN (FROM part.named);
CREATE TABLE part.incident_version AS FROM incident_version WHERE rowid IN (FROM part.row);
CREATE OR REPLACE TABLE part.row AS SELECT rowid AS n FROM incident_report SEMI JOIN part.incident USING (incident_id, resolved_at);
CREATE TABLE part.incident_report AS FROM incident_report WHERE rowid IN (FROM part.row);
CREATE OR REPLACE TABLE part.row AS SELECT rowid AS n FROM incident_toll SEMI JOIN part.incident USING (incident_id, resolved_at);
CREATE TABLE part.incident_toll AS FROM incident_toll WHERE rowid IN (FROM part.row);
CREATE OR REPLACE TABLE part.row AS SELECT rowid AS n FROM toll_claim SEMI JOIN part.incident USING (incident_id, resolved_at);
CREATE TABLE part.toll_claim AS FROM toll_claim WHERE rowid IN (FROM part.row);
CREATE OR REPLACE TABLE part.row AS SELECT rowid AS n FROM report SEMI JOIN part.incident_report USING (report_id, as_of);
CREATE TABLE part.report AS FROM report WHERE rowid IN (FROM part.row);
CREATE OR REPLACE TABLE part.row AS SELECT rowid AS n FROM claim SEMI JOIN part.incident_report USING (report_id, as_of);
CREATE TABLE part.claim AS FROM claim WHERE rowid IN (FROM part.row);
CREATE OR REPLACE TABLE part.row AS
SELECT a.rowid AS n FROM article AS a SEMI JOIN part.report AS r ON a.article_id = r.article_id AND a.published_at = r.as_of
UNION ALL
SELECT a.rowid
FROM article AS a SEMI JOIN part.report AS r ON a.article_id = r.article_id AND a.fetched_at = r.as_of
WHERE a.published_at IS NULL;
CREATE TABLE part.article AS SELECT * EXCLUDE (minhash) FROM article WHERE rowid IN (FROM part.row);
CREATE TABLE part.outlet AS FROM outlet;
RESET dynamic_or_filter_threshold
