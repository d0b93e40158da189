-- What one outlet brought on one day, by the day of publication (else of the fetch), UTC.
-- @date: day
-- @outlet: publisher domain
-- @n_articles: article versions
-- @n_copies: of those, copies of another outlet's text
-- @n_not_read: of those, in a language that is not read yet
-- @n_incident_articles: of those, articles that report an incident
-- @n_reports: reports read from them
CREATE OR REPLACE VIEW coverage AS
SELECT CAST(make_timestamp(epoch_us(coalesce(a.published_at, a.fetched_at))) AS DATE) AS date, a.outlet, count(*) AS n_articles,
    count(*) FILTER (a.duplicate_of IS NOT NULL) AS n_copies, count(*) FILTER (a.is_incident IS NULL) AS n_not_read,
    count(*) FILTER (a.is_incident) AS n_incident_articles, CAST(coalesce(sum(r.n), 0) AS BIGINT) AS n_reports
FROM article AS a
LEFT JOIN (SELECT article_id, count(*) AS n FROM report GROUP BY article_id) AS r USING (article_id)
GROUP BY ALL
