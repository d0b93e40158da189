-- All rows that hold words, values or addresses of the erased pages and articles.
CREATE OR REPLACE TEMP TABLE erased_report AS
SELECT report_id FROM report WHERE article_id IN (SELECT article_id FROM erased_article);
CREATE OR REPLACE TEMP TABLE erased_incident AS
SELECT DISTINCT incident_id FROM incident_report WHERE report_id IN (SELECT report_id FROM erased_report);
INSERT INTO publish_queue SELECT 'incident', incident_id FROM erased_incident ON CONFLICT DO NOTHING;

DELETE FROM toll_claim WHERE report_id IN (SELECT report_id FROM erased_report);
DELETE FROM incident_toll WHERE report_id IN (SELECT report_id FROM erased_report);
DELETE FROM incident_report WHERE report_id IN (SELECT report_id FROM erased_report);
DELETE FROM match_queue WHERE article_id IN (SELECT article_id FROM erased_article);
DELETE FROM evidence WHERE article_id IN (SELECT article_id FROM erased_article);
DELETE FROM claim WHERE article_id IN (SELECT article_id FROM erased_article);
DELETE FROM report WHERE article_id IN (SELECT article_id FROM erased_article);
UPDATE article SET duplicate_of = NULL WHERE duplicate_of IN (SELECT article_id FROM erased_article);
DELETE FROM article WHERE article_id IN (SELECT article_id FROM erased_article);
DELETE FROM derivation WHERE page_id IN (SELECT page_id FROM erased_page);
DELETE FROM entry WHERE url IN (SELECT url FROM erased_address)
    OR entry_id IN (SELECT entry_id FROM page WHERE page_id IN (SELECT page_id FROM erased_page));
DELETE FROM alert
WHERE url IN (SELECT url FROM erased_address) OR subject IN (SELECT incident_id FROM erased_incident)
   OR EXISTS (FROM erased_address AS e WHERE contains(message, e.url));
DELETE FROM reject
WHERE input_ref IN (SELECT url FROM erased_address UNION ALL SELECT page_id FROM erased_page UNION ALL SELECT article_id FROM erased_article)
   OR EXISTS (FROM erased_address AS e WHERE contains(message, e.url));
DELETE FROM page_check WHERE url IN (SELECT url FROM erased_address) OR page_id IN (SELECT page_id FROM erased_page);
DELETE FROM page_deletion WHERE url IN (SELECT url FROM erased_address) OR page_id IN (SELECT page_id FROM erased_page);
DELETE FROM page WHERE page_id IN (SELECT page_id FROM erased_page);
DELETE FROM decision_report
WHERE article_id IN (SELECT article_id FROM erased_article) OR canonical_url IN (SELECT url FROM erased_address);

-- Samples of failed checks and messages of failed runs may quote it.
UPDATE check_result SET sample = NULL WHERE n_bad > 0;
UPDATE run SET message = 'erased' WHERE EXISTS (FROM erased_address AS e WHERE contains(run.message, e.url));

-- Past states keep their numbers, days and places. Names in the words of a text go, unless another report gives them, too.
UPDATE incident_version AS v SET perpetrator = NULL
WHERE incident_id IN (SELECT incident_id FROM erased_incident) AND perpetrator NOT IN (SELECT perpetrator FROM report WHERE perpetrator IS NOT NULL);
UPDATE incident_version AS v SET victim_side = NULL
WHERE incident_id IN (SELECT incident_id FROM erased_incident) AND victim_side NOT IN (SELECT victim_side FROM report WHERE victim_side IS NOT NULL);
UPDATE incident_version AS v SET weapon_system = NULL
WHERE incident_id IN (SELECT incident_id FROM erased_incident) AND weapon_system NOT IN (SELECT weapon_system FROM report WHERE weapon_system IS NOT NULL)
