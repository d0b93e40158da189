-- Incidents and people harmed on one day in one country, by the day the event began.
-- @date: day of the event; events dated less exactly than to the day are left out
-- @country: ISO 3166-1 alpha-3; NULL: unknown
-- @n_incidents: incidents
-- @killed: people killed, sum of best numbers; NULL: no incident states one
-- @killed_min: people killed, sum of lowest numbers
-- @injured: people injured, sum of best numbers; NULL: no incident states one
-- @n_killed_unknown: incidents without a best number of killed
-- @n_contested: incidents with a contested count
CREATE OR REPLACE VIEW incident_daily AS
SELECT event_date_start AS date, country_iso3 AS country, count(*) AS n_incidents,
    CAST(sum(killed_best) AS BIGINT) AS killed, CAST(sum(killed_min) AS BIGINT) AS killed_min, CAST(sum(injured_best) AS BIGINT) AS injured,
    count(*) FILTER (killed_best IS NULL) AS n_killed_unknown, count(*) FILTER (len(contested) > 0) AS n_contested
FROM incident
WHERE date_precision = 1
GROUP BY ALL
