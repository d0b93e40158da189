-- What the views of incidents read, of the incidents of the months that are written anew alone, in the attached database `part`.
CREATE TABLE part.named AS
SELECT incident_id FROM incident
WHERE coalesce(strftime(event_date_start, '%Y-%m'), 'unknown') IN (SELECT key FROM publish_queue WHERE kind = 'incident_month')
UNION
SELECT incident_id FROM incident_version ANTI JOIN incident USING (incident_id);
CREATE TABLE part.incident AS FROM incident WHERE incident_id IN (FROM part.named);
CREATE TABLE part.incident_version AS FROM incident_version WHERE incident_id IN (FROM part.named);
CREATE TABLE part.incident_report AS FROM incident_report WHERE incident_id IN (FROM part.named);
CREATE TABLE part.incident_toll AS FROM incident_toll WHERE incident_id IN (FROM part.named);
CREATE TABLE part.toll_claim AS FROM toll_claim WHERE incident_id IN (FROM part.named);
CREATE TABLE part.report AS FROM report WHERE report_id IN (SELECT report_id FROM part.incident_report);
CREATE TABLE part.claim AS FROM claim WHERE report_id IN (SELECT report_id FROM part.incident_report);
CREATE TABLE part.article AS
FROM article WHERE article_id IN (SELECT article_id FROM part.report UNION ALL SELECT article_id FROM part.toll_claim);
CREATE TABLE part.outlet AS FROM outlet
