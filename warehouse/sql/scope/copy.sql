-- A small warehouse of what was touched since the last publication, in the attached database `scope`: the tables that checks read, under
-- their own names. Touched are the articles, pages and incidents of publish_queue; with an incident all its reports come along and
-- their articles, with an article all that was read from it, so that what points to another row finds it here if it is there at all.
-- Of the long tables only the keys are read. scope_row holds the numbers of the rows found; DuckDB then opens no blocks of other rows, if
-- it may filter by as many numbers as there are (dynamic_or_filter_threshold).
SET dynamic_or_filter_threshold = 1000000;
CREATE OR REPLACE TEMP TABLE scope_row AS
SELECT rowid AS n FROM incident_report
WHERE incident_id IN (
    SELECT key FROM publish_queue WHERE kind = 'incident'
    UNION ALL
    SELECT incident_id FROM incident_report WHERE report_id IN (
        SELECT report_id FROM report WHERE article_id IN (SELECT key FROM publish_queue WHERE kind = 'article')
    )
);
CREATE TABLE scope.member AS FROM incident_report WHERE rowid IN (FROM scope_row);
CREATE TABLE scope.named AS
SELECT key AS incident_id FROM publish_queue WHERE kind = 'incident' UNION SELECT incident_id FROM scope.member;
CREATE OR REPLACE TEMP TABLE scope_row AS SELECT rowid AS n FROM incident WHERE incident_id IN (FROM scope.named);
CREATE TABLE scope.incident AS FROM incident WHERE rowid IN (FROM scope_row);
CREATE OR REPLACE TEMP TABLE scope_row AS SELECT rowid AS n FROM incident_version WHERE incident_id IN (FROM scope.named);
CREATE TABLE scope.incident_version AS FROM incident_version WHERE rowid IN (FROM scope_row);
CREATE OR REPLACE TEMP TABLE scope_row AS SELECT rowid AS n FROM incident_toll WHERE incident_id IN (FROM scope.named);
CREATE TABLE scope.incident_toll AS FROM incident_toll WHERE rowid IN (FROM scope_row);
CREATE OR REPLACE TEMP TABLE scope_row AS SELECT rowid AS n FROM toll_claim WHERE incident_id IN (FROM scope.named);
CREATE TABLE scope.toll_claim AS FROM toll_claim WHERE rowid IN (FROM scope_row);
CREATE TABLE scope.incident_report AS FROM scope.member;
CREATE OR REPLACE TEMP TABLE scope_row AS
SELECT rowid AS n FROM derivation WHERE page_id IN (SELECT key FROM publish_queue WHERE kind = 'page')
UNION
SELECT rowid FROM derivation WHERE article_id IN (SELECT key FROM publish_queue WHERE kind = 'article');
CREATE TABLE scope.derivation AS FROM derivation WHERE rowid IN (FROM scope_row);
CREATE TABLE scope.told AS
SELECT key AS article_id FROM publish_queue WHERE kind = 'article'
UNION
SELECT article_id FROM scope.derivation WHERE article_id IS NOT NULL
UNION
SELECT article_id FROM report WHERE report_id IN (SELECT report_id FROM scope.member UNION ALL SELECT report_id FROM scope.incident_toll);
CREATE OR REPLACE TEMP TABLE scope_row AS SELECT rowid AS n FROM article WHERE article_id IN (FROM scope.told);
CREATE TABLE scope.article AS FROM article WHERE rowid IN (FROM scope_row);
CREATE OR REPLACE TEMP TABLE scope_row AS SELECT rowid AS n FROM report WHERE article_id IN (FROM scope.told);
CREATE TABLE scope.report AS FROM report WHERE rowid IN (FROM scope_row);
CREATE OR REPLACE TEMP TABLE scope_row AS SELECT rowid AS n FROM claim WHERE article_id IN (FROM scope.told);
CREATE TABLE scope.claim AS FROM claim WHERE rowid IN (FROM scope_row);
CREATE OR REPLACE TEMP TABLE scope_row AS SELECT rowid AS n FROM evidence WHERE article_id IN (FROM scope.told);
CREATE TABLE scope.evidence AS FROM evidence WHERE rowid IN (FROM scope_row);
CREATE OR REPLACE TEMP TABLE scope_row AS
SELECT rowid AS n FROM page WHERE page_id IN (SELECT page_id FROM scope.article UNION ALL SELECT page_id FROM scope.derivation);
CREATE TABLE scope.page AS FROM page WHERE rowid IN (FROM scope_row);
DROP TABLE scope_row;
RESET dynamic_or_filter_threshold;
CREATE TABLE scope.run_stage AS FROM run_stage
