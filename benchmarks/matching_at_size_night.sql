-- A night's reports: six in ten of incidents of the last two days, one in twenty of an earlier day, the rest of new events of yesterday
-- and today. How early follows the captured stream of 2016, of whose 278 reports 14 tell of a day more than a week ago: 4 of the last
-- month, 8 of the last year, 2 of earlier years. The same reports whatever the warehouse holds.
CREATE OR REPLACE TEMP MACRO pick(n, salt) AS (hash(n, salt) % 1000000) / 1000000.0;
CREATE OR REPLACE TEMP MACRO few(n, salt, size) AS CAST(floor(pow(pick(n, salt), 2.5) * size) AS INTEGER);
CREATE OR REPLACE TEMP MACRO key_of(kind, n) AS md5(kind || n)[:16];
CREATE OR REPLACE TEMP MACRO between_days(n, low, high) AS low + CAST(pick(n, 'old') * (high - low) AS INTEGER);
CREATE OR REPLACE TEMP MACRO days_ago(n) AS CASE
    WHEN pick(n, 'how old') < 4 / 14 THEN between_days(n, 8, 30)
    WHEN pick(n, 'how old') < 12 / 14 THEN between_days(n, 31, 365)
    ELSE between_days(n, 366, 3650)
END;

CREATE OR REPLACE TEMP TABLE night AS
WITH made_country AS (
    SELECT c, iso3, -40 + 90 * pick(c, 'lat') AS latitude, -100 + 230 * pick(c, 'lon') AS longitude
    FROM (SELECT row_number() OVER (ORDER BY iso3) - 1 AS c, iso3 FROM countries WHERE iso3 IS NOT NULL ORDER BY iso3 LIMIT 120)
),
recent AS (  -- the same incidents in every warehouse
    SELECT row_number() OVER (ORDER BY incident_id) - 1 AS n, *
    FROM incident WHERE event_date_start BETWEEN CAST($today AS DATE) - 2 AND CAST($today AS DATE)
),
told AS (
    SELECT i, n.event_date_start AS day, n.country_iso3 AS iso3, n.place, n.geonameid, n.latitude, n.longitude, n.event_class,
        n.killed_best + CAST(i % 3 AS INTEGER) AS killed, n.injured_best AS injured
    FROM range($new) AS r (i) JOIN recent AS n ON n.n = (i * 7) % (SELECT count(*) FROM recent)
    WHERE i % 20 BETWEEN 1 AND 12
    UNION ALL
    SELECT i, CAST($today AS DATE) - CASE WHEN i % 20 = 0 THEN days_ago(i) ELSE CAST(i % 2 AS INTEGER) END, c.iso3,
        'Place ' || e.c || '-' || p, 1000000 + e.c * 1000 + p, c.latitude + (p // 20) * 0.5, c.longitude + p % 20,
        ['explosive.missile_or_rocket', 'explosive.drone_strike', 'firearms.attack', 'clash.armed'][1 + CAST(i % 4 AS INTEGER)],
        few(i, 'killed', 40), few(i, 'injured', 90)
    FROM (SELECT i, few(i, 'country', 120) AS c, few(i, 'place', 400) + CASE WHEN i % 20 = 0 THEN 0 ELSE 400 END AS p FROM range($new) AS r (i)) AS e
    JOIN made_country AS c ON c.c = e.c
    WHERE i % 20 NOT BETWEEN 1 AND 12
)
SELECT t.*,
    key_of('night report', i) AS report_id, key_of('night article', i) AS article_id, key_of('night page', i) AS page_id,
    'outlet' || few(i, 'night outlet', 800) || '.example' AS outlet,
    CAST($today AS DATE) + to_minutes(CAST(few(i, 'minute', 1200) AS BIGINT)) AS told_at
FROM told AS t
ORDER BY i;

CREATE OR REPLACE TEMP VIEW night_article AS
SELECT article_id, page_id, 'https://' || outlet || '/' || article_id AS canonical_url,
    CAST('0x' || sha256('https://' || outlet || '/' || article_id)[:8] AS BIGINT) AS address_key, outlet, 'Title of ' || article_id AS title,
    told_at AT TIME ZONE 'UTC' AS published_at, (told_at + INTERVAL 1 HOUR) AT TIME ZONE 'UTC' AS fetched_at, 'en' AS language,
    'Title of ' || article_id || E'\n\n' || repeat(killed || ' people were killed in ' || place || '. ', 8)
        || coalesce(array_to_string(list_transform(range(getvariable('filler')), lambda i: md5(article_id || i)), ' '), '') AS text, 27 AS body_start,
    article_id AS text_sha256, 'page' AS text_source, '1' AS cleaner_version, '1' AS extractor_version,
    list_transform(range(128), lambda i: hash(article_id, i) // 2) AS minhash, true AS is_incident, 0.9 AS relevance
FROM night;

CREATE OR REPLACE TEMP VIEW night_derivation AS
SELECT page_id, (told_at + INTERVAL 1 HOUR) AT TIME ZONE 'UTC' AS fetched_at, $run_id AS run_id, '1' AS extractor_version, 'report' AS outcome,
    article_id, 1 AS n_reports
FROM night;

CREATE OR REPLACE TEMP VIEW night_report AS
SELECT report_id, article_id, told_at AT TIME ZONE 'UTC' AS as_of, 0 AS ordinal, 'primary' AS role, false AS is_aggregate, true AS is_incident, 0.9 AS relevance,
    '1' AS extractor_version, day AS event_date_start, day AS event_date_end, 1 AS date_precision, iso3 AS country_iso3, place, latitude,
    longitude, geonameid, 2 AS geo_precision, event_class, killed AS killed_min, killed AS killed_best, killed AS killed_max,
    injured AS injured_min, injured AS injured_best, injured AS injured_max
FROM night;

CREATE OR REPLACE TEMP VIEW night_claim AS
SELECT key_of('night claim', i * 10 + nth) AS claim_id, report_id, article_id, 'casualties' AS claim_type, effect, 'all' AS victim_group,
    number AS count_min, number AS count_best, number AS count_max, 'exact' AS quantifier, 'narrator' AS speaker_class,
    'narrator' AS speech_mode, 'asserts' AS stance, told_at AT TIME ZONE 'UTC' AS as_of, 27 AS span_start, 27 + length(killed || ' people were killed') AS span_end, 'made' AS rule
FROM (SELECT *, unnest([0, 1]) AS nth, unnest(['killed', 'injured']) AS effect, unnest([killed, injured]) AS number FROM night);

CREATE OR REPLACE TEMP VIEW night_evidence AS
SELECT 'report' AS row_table, report_id AS row_id, unnest(['killed_best', 'killed_min', 'killed_max', 'injured_best', 'injured_min', 'injured_max']) AS column_name,
    article_id, published_at AS as_of, 27 AS span_start, 27 + length(killed_best || ' people were killed') AS span_end, killed_best || ' people were killed' AS quote, 'made' AS rule
FROM night_report JOIN night_article USING (article_id)
UNION ALL
SELECT 'claim', claim_id, unnest(['claim_type', 'count_best']), article_id, as_of, span_start, span_end, substring(text, span_start + 1, span_end - span_start), 'made'
FROM night_claim JOIN night_article USING (article_id)
