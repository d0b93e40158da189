-- A small warehouse of what was touched since the last publication, in the attached database `scope`: the tables that checks read, under
-- their own names. Touched are the articles, pages and incidents of publish_queue; with an incident all its reports come along and
-- their articles, with an article all that was read from it, so that what points to another row finds it here if it is there at all.
--
-- Keys of a long table are dear to look through. What was written since the last publication lies at its end (the variables `late_TABLE`:
-- from which row on): there rows are found by key, whatever time they bear, so that a wrong time is seen.
-- Older rows, of articles and incidents that the news is about, are found by the time that they bear too (schemas.py), and a row that
-- another one points to and that is not found so is looked for by its key alone: only its absence makes it missing.
-- Of the tables only those columns are copied that a check reads. Tables with a column n hold numbers of rows; DuckDB then opens no blocks of
-- other rows, if it may filter by as many values as there are (dynamic_or_filter_threshold).
SET dynamic_or_filter_threshold = 1000000;
CREATE TABLE scope.publish_queue AS FROM publish_queue;
CREATE TABLE scope.run_stage AS FROM run_stage;

-- Articles that wait, and what became of pages that wait.
CREATE TABLE scope.queued AS SELECT key AS article_id FROM publish_queue WHERE kind = 'article';
CREATE TABLE scope.told AS
SELECT rowid AS n, article_id, page_id, fetched_at, coalesce(published_at, fetched_at) AS as_of
FROM article WHERE rowid >= getvariable('late_article') AND article_id IN (FROM scope.queued);
INSERT INTO scope.told
SELECT rowid, article_id, page_id, fetched_at, coalesce(published_at, fetched_at)
FROM article WHERE article_id IN (FROM scope.queued EXCEPT SELECT article_id FROM scope.told);
CREATE TABLE scope.lost AS FROM scope.queued EXCEPT SELECT article_id FROM scope.told;
CREATE TABLE scope.derived AS
SELECT rowid AS n, page_id, article_id, fetched_at
FROM derivation
WHERE rowid >= getvariable('late_derivation')
  AND (page_id IN (SELECT key FROM publish_queue WHERE kind = 'page') OR article_id IN (FROM scope.queued))
UNION
SELECT rowid, page_id, article_id, fetched_at FROM derivation SEMI JOIN scope.told USING (page_id, fetched_at)
UNION
SELECT rowid, page_id, article_id, fetched_at FROM derivation WHERE article_id IN (FROM scope.lost);
INSERT INTO scope.derived
SELECT rowid, page_id, article_id, fetched_at
FROM derivation
WHERE page_id IN (SELECT key FROM publish_queue WHERE kind = 'page' EXCEPT SELECT page_id FROM scope.derived);
CREATE TABLE scope.derivation AS SELECT page_id, article_id, fetched_at FROM (SELECT DISTINCT * FROM scope.derived);

-- Incidents that wait, and those that reports of these articles belong to, whole.
CREATE TABLE scope.news AS
SELECT rowid AS n, report_id, as_of FROM report WHERE rowid >= getvariable('late_report') AND article_id IN (FROM scope.queued)
UNION
SELECT rowid, report_id, as_of FROM report SEMI JOIN scope.told USING (article_id, as_of)
UNION
SELECT rowid, report_id, as_of FROM report WHERE article_id IN (FROM scope.lost);
CREATE TABLE scope.named AS
SELECT key AS incident_id FROM publish_queue WHERE kind = 'incident'
UNION
SELECT incident_id FROM incident_report WHERE rowid >= getvariable('late_incident_report') AND report_id IN (SELECT report_id FROM scope.news)
UNION
SELECT incident_id FROM incident_report SEMI JOIN scope.news USING (report_id, as_of);
CREATE TABLE scope.row AS SELECT rowid AS n FROM incident_report WHERE incident_id IN (FROM scope.named);
CREATE TABLE scope.incident_report AS
SELECT report_id, incident_id, as_of, resolved_at FROM incident_report WHERE rowid IN (FROM scope.row);
CREATE OR REPLACE TABLE scope.row AS SELECT rowid AS n FROM toll_claim WHERE incident_id IN (FROM scope.named);
CREATE TABLE scope.toll_claim AS
SELECT statement_id, incident_id, report_id, resolved_at FROM toll_claim WHERE rowid IN (FROM scope.row);
CREATE OR REPLACE TABLE scope.row AS SELECT rowid AS n FROM incident_toll WHERE incident_id IN (FROM scope.named);
CREATE TABLE scope.incident_toll AS
SELECT incident_id, toll, count_min, count_best, count_max, report_id, words, resolved_at FROM incident_toll WHERE rowid IN (FROM scope.row);
CREATE OR REPLACE TABLE scope.row AS SELECT rowid AS n FROM incident WHERE incident_id IN (FROM scope.named);
CREATE TABLE scope.incident AS FROM incident WHERE rowid IN (FROM scope.row);
CREATE OR REPLACE TABLE scope.row AS SELECT rowid AS n, valid_to IS NULL AS is_open FROM incident_version WHERE incident_id IN (FROM scope.named);
CREATE TABLE scope.incident_version AS FROM incident_version WHERE rowid IN (SELECT n FROM scope.row WHERE is_open);
INSERT INTO scope.incident_version BY NAME -- of former versions nothing but when they held is checked
SELECT incident_id, valid_from, valid_to FROM incident_version WHERE rowid IN (SELECT n FROM scope.row WHERE NOT is_open);

-- The reports of these incidents, and the articles that they and the pages are of.
CREATE TABLE scope.known AS
SELECT rowid AS n, report_id, article_id, as_of FROM report SEMI JOIN scope.incident_report USING (report_id, as_of);
INSERT INTO scope.known
SELECT rowid, report_id, article_id, as_of
FROM report
WHERE report_id IN (
    (SELECT report_id FROM scope.incident_report UNION SELECT report_id FROM scope.incident_toll) EXCEPT SELECT report_id FROM scope.known
);
CREATE TABLE scope.owner AS
SELECT DISTINCT article_id, as_of FROM scope.known WHERE article_id NOT IN (SELECT article_id FROM scope.told);
INSERT INTO scope.told
SELECT a.rowid, a.article_id, a.page_id, a.fetched_at, a.published_at
FROM article AS a SEMI JOIN scope.owner AS o ON a.article_id = o.article_id AND a.published_at = o.as_of
UNION ALL
SELECT a.rowid, a.article_id, a.page_id, a.fetched_at, a.fetched_at
FROM article AS a SEMI JOIN scope.owner AS o ON a.article_id = o.article_id AND a.fetched_at = o.as_of
WHERE a.published_at IS NULL;
CREATE TABLE scope.missed AS
(SELECT article_id FROM scope.owner UNION SELECT article_id FROM scope.derived WHERE article_id IS NOT NULL)
EXCEPT
(SELECT article_id FROM scope.told UNION ALL FROM scope.lost);
INSERT INTO scope.told
SELECT rowid, article_id, page_id, fetched_at, coalesce(published_at, fetched_at) FROM article WHERE article_id IN (FROM scope.missed);
INSERT INTO scope.lost FROM scope.missed EXCEPT SELECT article_id FROM scope.told;
CREATE TABLE scope.wanted AS SELECT article_id FROM scope.told UNION ALL FROM scope.lost;

-- All that was read from these articles, and their pages.
CREATE OR REPLACE TABLE scope.row AS
SELECT n FROM scope.known
UNION
SELECT n FROM scope.news
UNION
SELECT rowid FROM report SEMI JOIN (FROM scope.told WHERE article_id NOT IN (FROM scope.queued)) USING (article_id, as_of)
UNION
SELECT rowid FROM report WHERE article_id IN (FROM scope.lost);
CREATE TABLE scope.report AS FROM report WHERE rowid IN (FROM scope.row);
CREATE OR REPLACE TABLE scope.row AS
SELECT rowid AS n FROM claim WHERE rowid >= getvariable('late_claim') AND article_id IN (FROM scope.wanted)
UNION
SELECT rowid FROM claim SEMI JOIN scope.told USING (article_id, as_of)
UNION
SELECT rowid FROM claim WHERE article_id IN (FROM scope.lost);
CREATE TABLE scope.claim AS
SELECT claim_id, report_id, article_id, as_of, effect, count_min, count_best, count_max, span_start, span_end
FROM claim WHERE rowid IN (FROM scope.row);
CREATE OR REPLACE TABLE scope.row AS
SELECT rowid AS n FROM evidence WHERE rowid >= getvariable('late_evidence') AND article_id IN (FROM scope.wanted)
UNION
SELECT rowid FROM evidence SEMI JOIN scope.told USING (article_id, as_of)
UNION
SELECT rowid FROM evidence WHERE article_id IN (FROM scope.lost);
CREATE TABLE scope.evidence AS
SELECT row_table, row_id, column_name, article_id, as_of, span_start, span_end, quote FROM evidence WHERE rowid IN (FROM scope.row);
-- Texts of those that something was read from.
CREATE TABLE scope.quoted AS
SELECT article_id FROM scope.known UNION SELECT article_id FROM scope.claim UNION SELECT article_id FROM scope.evidence;
CREATE TABLE scope.article AS
SELECT article_id, page_id, canonical_url, address_key, published_at, fetched_at, text
FROM article WHERE rowid IN (SELECT n FROM scope.told WHERE article_id IN (FROM scope.quoted));
INSERT INTO scope.article BY NAME
SELECT article_id, page_id, canonical_url, address_key, published_at, fetched_at
FROM article WHERE rowid IN (SELECT n FROM scope.told WHERE article_id NOT IN (FROM scope.quoted));
CREATE TABLE scope.fetched AS SELECT page_id, fetched_at FROM scope.told UNION SELECT page_id, fetched_at FROM scope.derived;
CREATE TABLE scope.page AS SELECT page_id, fetched_at FROM page SEMI JOIN scope.fetched USING (page_id, fetched_at);
INSERT INTO scope.page
SELECT page_id, fetched_at
FROM page
WHERE page_id IN (
    (SELECT page_id FROM scope.fetched UNION SELECT key FROM publish_queue WHERE kind = 'page') EXCEPT SELECT page_id FROM scope.page
);
RESET dynamic_or_filter_threshold
