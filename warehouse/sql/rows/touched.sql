-- What the views of incidents read, of the incidents that were touched since the last publication, in the attached database `part`. Of the
-- long tables only the keys are read; DuckDB then opens no blocks of other rows, if it may filter by as many numbers as there are.
SET dynamic_or_filter_threshold = 1000000;
CREATE TABLE part.named AS SELECT key AS incident_id FROM publish_queue WHERE kind = 'incident';
CREATE OR REPLACE TEMP TABLE part_row AS SELECT rowid AS n FROM incident WHERE incident_id IN (FROM part.named);
CREATE TABLE part.incident AS FROM incident WHERE rowid IN (FROM part_row);
CREATE OR REPLACE TEMP TABLE part_row AS SELECT rowid AS n FROM incident_version WHERE incident_id IN (FROM part.named);
CREATE TABLE part.incident_version AS FROM incident_version WHERE rowid IN (FROM part_row);
CREATE OR REPLACE TEMP TABLE part_row AS SELECT rowid AS n FROM incident_report WHERE incident_id IN (FROM part.named);
CREATE TABLE part.incident_report AS FROM incident_report WHERE rowid IN (FROM part_row);
CREATE OR REPLACE TEMP TABLE part_row AS SELECT rowid AS n FROM incident_toll WHERE incident_id IN (FROM part.named);
CREATE TABLE part.incident_toll AS FROM incident_toll WHERE rowid IN (FROM part_row);
CREATE OR REPLACE TEMP TABLE part_row AS SELECT rowid AS n FROM toll_claim WHERE incident_id IN (FROM part.named);
CREATE TABLE part.toll_claim AS FROM toll_claim WHERE rowid IN (FROM part_row);
CREATE OR REPLACE TEMP TABLE part_row AS SELECT rowid AS n FROM report WHERE report_id IN (SELECT report_id FROM part.incident_report);
CREATE TABLE part.report AS FROM report WHERE rowid IN (FROM part_row);
CREATE OR REPLACE TEMP TABLE part_row AS SELECT rowid AS n FROM claim WHERE report_id IN (SELECT report_id FROM part.incident_report);
CREATE TABLE part.claim AS FROM claim WHERE rowid IN (FROM part_row);
CREATE OR REPLACE TEMP TABLE part_row AS
SELECT rowid AS n FROM article WHERE article_id IN (SELECT article_id FROM part.report UNION SELECT article_id FROM part.toll_claim);
CREATE TABLE part.article AS FROM article WHERE rowid IN (FROM part_row);
CREATE TABLE part.outlet AS FROM outlet;
DROP TABLE part_row;
RESET dynamic_or_filter_threshold
