-- Rows that an earlier reading of the same articles, or of the same pages, left. Membership goes too: it is matched again.
-- `forgotten` are the articles, as_of their time, n their row numbers. Rows are found by id and time, so that DuckDB opens no blocks of others.
CREATE OR REPLACE TEMP TABLE forgotten_article AS SELECT article_id, page_id, as_of, n FROM forgotten;
CREATE OR REPLACE TEMP TABLE forgotten_report AS SELECT rowid AS n, report_id, as_of FROM report SEMI JOIN forgotten_article USING (article_id, as_of);
CREATE OR REPLACE TEMP TABLE forgotten_member AS SELECT rowid AS n, incident_id FROM incident_report SEMI JOIN forgotten_report USING (report_id, as_of);
CREATE OR REPLACE TEMP TABLE forgotten_claim AS SELECT rowid AS n FROM claim SEMI JOIN forgotten_article USING (article_id, as_of);
CREATE OR REPLACE TEMP TABLE forgotten_evidence AS SELECT rowid AS n FROM evidence SEMI JOIN forgotten_article USING (article_id, as_of);
INSERT INTO publish_queue
SELECT 'article', article_id FROM forgotten_article
UNION SELECT 'page', page_id FROM forgotten_article
UNION SELECT 'incident', incident_id FROM forgotten_member
ON CONFLICT DO NOTHING;
DELETE FROM incident_report WHERE rowid IN (SELECT n FROM forgotten_member);
DELETE FROM match_queue WHERE article_id IN (SELECT article_id FROM forgotten_article);
DELETE FROM evidence WHERE rowid IN (SELECT n FROM forgotten_evidence);
DELETE FROM claim WHERE rowid IN (SELECT n FROM forgotten_claim);
DELETE FROM report WHERE rowid IN (SELECT n FROM forgotten_report);
DELETE FROM article WHERE rowid IN (SELECT n FROM forgotten_article);
DROP TABLE forgotten_article;
DROP TABLE forgotten_report;
DROP TABLE forgotten_member;
DROP TABLE forgotten_claim;
DROP TABLE forgotten_evidence
