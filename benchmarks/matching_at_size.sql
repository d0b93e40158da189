-- A synthetic warehouse of n incidents, the newest of them of yesterday, per_day a day before that, with the reports, claims, evidence
-- and tolls behind them, as they would lie in the work file. Every value is a function of a number: the same file for the same n.
-- Shares are those of the captured stream of 2016: reports an incident 1.3, reports of none 12 %, of them a tenth that fit several.
-- Countries, places and outlets have few that are frequent and many that are rare. The variable filler is the number of made words, of 32
-- letters each, that a text goes on with; unset, a text is its few sentences.
CREATE OR REPLACE TEMP MACRO pick(n, salt) AS (hash(n, salt) % 1000000) / 1000000.0;
CREATE OR REPLACE TEMP MACRO few(n, salt, size) AS CAST(floor(pow(pick(n, salt), 2.5) * size) AS INTEGER);
CREATE OR REPLACE TEMP MACRO key_of(kind, n) AS md5(kind || n)[:16];
CREATE OR REPLACE TEMP MACRO id_of(founder) AS sha256('incident' || chr(31) || founder)[:16];  -- as rows.make_id

CREATE OR REPLACE TEMP TABLE made_country AS
SELECT c, iso3, -40 + 90 * pick(c, 'lat') AS latitude, -100 + 230 * pick(c, 'lon') AS longitude
FROM (SELECT row_number() OVER (ORDER BY iso3) - 1 AS c, iso3 FROM countries WHERE iso3 IS NOT NULL ORDER BY iso3 LIMIT 120);

-- Two events of one place lie four days apart at least, and two places 50 km: what the rule would join is one incident already.
CREATE OR REPLACE TEMP TABLE made_event AS
SELECT row_number() OVER (ORDER BY day DESC, c, p) - 1 AS n, c.iso3, 'Place ' || c || '-' || p AS place, 1000000 + c * 1000 + p AS geonameid,
    c.latitude + (p // 20) * 0.5 AS latitude, c.longitude + (p % 20) AS longitude, day,
    ['explosive.missile_or_rocket', 'explosive.drone_strike', 'explosive.artillery_mortar', 'firearms.attack', 'clash.armed',
     'explosive.ied', 'killing.targeted', 'explosive.air_strike', 'abduction'][1 + few(i, 'class', 9)] AS event_class,
    few(i, 'killed', 40) AS killed, few(i, 'injured', 90) AS injured
FROM (
    SELECT i, c, p, CAST($today AS DATE) - 1 - CAST(4 * block + hash(c, p) % 4 AS INTEGER) AS day
    FROM (
        SELECT range AS i, few(range, 'country', 120) AS c, few(range, 'place', 400) AS p, range // ($per_day * 8) AS block
        FROM range(2 * $n + 10 * $per_day)
    )
    QUALIFY row_number() OVER (PARTITION BY c, p, block ORDER BY i) = 1
) AS e
JOIN made_country AS c USING (c)
QUALIFY n < $n;

-- r numbers the reports: the first of each event, a second of a quarter, a third of a twentieth, and those of no incident.
CREATE OR REPLACE TEMP TABLE made_report AS
SELECT e.*, k, key_of('report', e.n * 10 + k) AS report_id, key_of('article', e.n * 10 + k) AS article_id,
    CASE WHEN k < 5 THEN id_of(key_of('report', e.n * 10)) END AS incident_id,
    'outlet' || few(e.n * 10 + k, 'outlet', 800) || '.example' AS outlet,
    CAST(e.day AS TIMESTAMP) + to_minutes(CAST(600 + 300 * (k % 5) + few(e.n * 10 + k, 'minute', 200) AS BIGINT)) AS told_at
FROM made_event AS e, range(10) AS r (k)
WHERE k = 0 OR (k = 1 AND pick(e.n, 'second') < 0.25) OR (k = 2 AND pick(e.n, 'third') < 0.05)
    OR (k = 8 AND pick(e.n, 'background') < 0.14) OR (k = 9 AND pick(e.n, 'several') < 0.016)
ORDER BY e.day, e.n;

INSERT INTO article BY NAME
SELECT article_id, key_of('page', n * 10 + k) AS page_id, 'https://' || outlet || '/' || article_id AS canonical_url,
    CAST('0x' || sha256('https://' || outlet || '/' || article_id)[:8] AS BIGINT) AS address_key, outlet,
    'Title of ' || article_id AS title, told_at AT TIME ZONE 'UTC' AS published_at, (told_at + INTERVAL 2 HOUR) AT TIME ZONE 'UTC' AS fetched_at,
    'en' AS language, 'Title of ' || article_id || E'\n\n' || repeat(killed || ' people were killed in ' || place || '. ', 8)
        || coalesce(array_to_string(list_transform(range(getvariable('filler')), lambda i: md5(article_id || i)), ' '), '') AS text,
    27 AS body_start, article_id AS text_sha256, 'page' AS text_source, '1' AS cleaner_version, '1' AS extractor_version,
    -- signatures only where copies are looked for: a week around a night
    CASE WHEN day >= CAST($today AS DATE) - 12 THEN list_transform(range(128), lambda i: hash(article_id, i) // 2) END AS minhash,
    true AS is_incident, 0.9 AS relevance
FROM made_report;

INSERT INTO derivation BY NAME
SELECT key_of('page', n * 10 + k) AS page_id, (told_at + INTERVAL 2 HOUR) AT TIME ZONE 'UTC' AS fetched_at, 'made' AS run_id,
    '1' AS extractor_version, 'report' AS outcome, article_id, 1 AS n_reports
FROM made_report;

INSERT INTO report BY NAME
SELECT report_id, article_id, told_at AT TIME ZONE 'UTC' AS as_of, 0 AS ordinal, CASE WHEN k = 8 THEN 'background' ELSE 'primary' END AS role, false AS is_aggregate,
    true AS is_incident, 0.9 AS relevance, '1' AS extractor_version, day AS event_date_start, day AS event_date_end, 1 AS date_precision,
    iso3 AS country_iso3, CASE WHEN k < 9 THEN place END AS place, CASE WHEN k < 9 THEN latitude END AS latitude,
    CASE WHEN k < 9 THEN longitude END AS longitude, CASE WHEN k < 9 THEN geonameid END AS geonameid,
    CASE WHEN k < 9 THEN 2 ELSE 6 END AS geo_precision, event_class, killed AS killed_min, killed AS killed_best, killed AS killed_max,
    injured AS injured_min, injured AS injured_best, injured AS injured_max
FROM made_report;

INSERT INTO claim BY NAME
SELECT key_of('claim', (n * 10 + k) * 10 + nth) AS claim_id, report_id, article_id, 'casualties' AS claim_type, effect, 'all' AS victim_group,
    number AS count_min, number AS count_best, number AS count_max, 'exact' AS quantifier,
    CASE WHEN pick(n * 10 + k, 'speaker') < 0.5 THEN 'narrator' ELSE 'police' END AS speaker_class, 'narrator' AS speech_mode,
    'asserts' AS stance, told_at AT TIME ZONE 'UTC' AS as_of, 27 AS span_start, 27 + length(killed || ' people were killed') AS span_end, 'made' AS rule
FROM (
    SELECT *, unnest([0, 1]) AS nth, unnest(['killed', 'injured']) AS effect, unnest([killed, injured]) AS number FROM made_report
);

INSERT INTO evidence BY NAME
SELECT row_table, row_id, column_name, article_id, told_at AT TIME ZONE 'UTC' AS as_of, 27 AS span_start,
    27 + length(killed || ' people were killed') AS span_end, killed || ' people were killed' AS quote, 'made' AS rule
FROM (
    SELECT *, unnest(['report', 'report', 'report', 'claim', 'claim', 'claim', 'claim']) AS row_table,
        unnest(['killed_best', 'injured_best', 'place', 'claim_type', 'count_best', 'claim_type', 'count_best']) AS column_name,
        unnest([report_id, report_id, report_id, claim_of_killed, claim_of_killed, claim_of_injured, claim_of_injured]) AS row_id
    FROM (SELECT *, key_of('claim', (n * 10 + k) * 10) AS claim_of_killed, key_of('claim', (n * 10 + k) * 10 + 1) AS claim_of_injured FROM made_report)
);

CREATE OR REPLACE TEMP TABLE made_state AS
SELECT incident_id, any_value(day) AS event_date_start, any_value(day) AS event_date_end, 1 AS date_precision, any_value(iso3) AS country_iso3,
    any_value(place) AS place, any_value(latitude) AS latitude, any_value(longitude) AS longitude, any_value(geonameid) AS geonameid,
    2 AS geo_precision, any_value(event_class) AS event_class, any_value(killed) AS killed_min, any_value(killed) AS killed_best,
    any_value(killed) AS killed_max, 'exact' AS killed_quantifier, any_value(injured) AS injured_min, any_value(injured) AS injured_best,
    any_value(injured) AS injured_max, 'exact' AS injured_quantifier, 'default' AS toll_rule, count(*) AS n_reports,
    count(DISTINCT outlet) AS n_sources, count(DISTINCT outlet) AS n_independent_sources, CAST([] AS VARCHAR[]) AS contested,
    CAST([] AS VARCHAR[]) AS decided_columns, min(told_at) AT TIME ZONE 'UTC' AS first_seen_at, min(told_at) AT TIME ZONE 'UTC' AS last_changed_at,
    min(told_at) AT TIME ZONE 'UTC' AS resolved_at, min(report_id) AS report_id
FROM made_report WHERE incident_id IS NOT NULL
GROUP BY incident_id ORDER BY min(day);

INSERT INTO incident BY NAME SELECT * EXCLUDE (report_id) FROM made_state;
INSERT INTO incident_version BY NAME
SELECT * EXCLUDE (report_id, first_seen_at, last_changed_at, resolved_at), first_seen_at AS valid_from, 'made' AS run_id FROM made_state;

INSERT INTO incident_report BY NAME
SELECT report_id, told_at AT TIME ZONE 'UTC' AS as_of, incident_id, s.resolved_at, 1.0 AS score, '{"anchor": {"value": "the most telling report", "contribution": 1.0}}' AS reasons,
    'rule' AS decided_by, true AS is_counted, false AS is_copy, false AS is_superseded, 'outlet:' || outlet AS text_family,
    told_at AT TIME ZONE 'UTC' AS stated_at
FROM made_report AS m JOIN (SELECT incident_id, resolved_at FROM made_state) AS s USING (incident_id)
ORDER BY told_at, report_id;

INSERT INTO incident_toll BY NAME
SELECT incident_id, unnest(['killed', 'injured']) AS toll, unnest([killed_best, injured_best]) AS count_best,
    unnest([killed_best, injured_best]) AS count_min, unnest([killed_best, injured_best]) AS count_max, 'exact' AS quantifier,
    false AS is_contested, report_id, killed_best || ' people were killed' AS words, resolved_at
FROM made_state;

INSERT INTO toll_claim BY NAME
SELECT c.claim_id AS statement_id, m.incident_id, c.report_id, c.article_id, c.claim_id, c.effect AS toll, c.count_min, c.count_best,
    c.count_max, c.quantifier, c.speaker_class, 6 AS authority, 'text:' || m.text_family AS family, false AS is_other_side, m.stated_at,
    true AS is_latest, true AS is_current, s.resolved_at
FROM claim AS c JOIN incident_report AS m USING (report_id) JOIN made_state AS s USING (incident_id)
ORDER BY s.resolved_at, c.claim_id;

DROP TABLE made_state;
DROP TABLE made_report;
DROP TABLE made_event;
DROP TABLE made_country
