-- kept as rows
-- One article that tells one incident: who published it, what it says, why it belongs here.
-- @incident_id: incident
-- @outlet: publisher domain
-- @publisher: name of the publisher; NULL: not in the list of outlets
-- @url: address of the article
-- @title: headline
-- @published_at: publication time (UTC); NULL: not stated
-- @stated_at: time that its counts are dated to (UTC)
-- @role: primary, secondary or background
-- @killed: people killed as this article tells it; NULL: not stated
-- @injured: people injured as this article tells it; NULL: not stated
-- @is_counted: tells it as news: neither background nor a sum of several events
-- @is_copy: repeats the text of another article of the incident
-- @is_superseded: a newer version of the article is here too
-- @wire_origin: agency that the text is credited to
-- @score: how well it fits the incident's first report
-- @reasons: JSON: each feature with its contribution
-- @decided_by: rule or human
-- @article_id: article version
-- @report_id: report
CREATE OR REPLACE VIEW incident_sources AS
SELECT i.incident_id, a.outlet, o.publisher, a.canonical_url AS url, a.title, a.published_at, i.stated_at, r.role,
    r.killed_best AS killed, r.injured_best AS injured, i.is_counted, i.is_copy, i.is_superseded, a.wire_origin, i.score, i.reasons,
    i.decided_by, r.article_id, i.report_id
FROM incident_report AS i
JOIN report AS r USING (report_id)
JOIN article AS a ON a.article_id = r.article_id
LEFT JOIN outlet AS o ON o.domain = a.outlet
