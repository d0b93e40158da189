-- What surrounds the incidents of matching_at_size.sql in a watch of five years: articles that report none, up to $articles in all, the
-- page of every article, the feed items behind them, feeds with four polls a day, and three runs a night.
INSERT INTO article BY NAME
SELECT key_of('other', i) AS article_id, key_of('other page', i) AS page_id,
    'https://outlet' || few(i, 'outlet', 800) || '.example/' || key_of('other', i) AS canonical_url,
    CAST('0x' || sha256('https://outlet' || few(i, 'outlet', 800) || '.example/' || key_of('other', i))[:8] AS BIGINT) AS address_key, 'outlet' || few(i, 'outlet', 800) || '.example' AS outlet,
    'Title of ' || key_of('other', i) AS title, told_at AS published_at, told_at + INTERVAL 2 HOUR AS fetched_at, 'en' AS language,
    'Title of ' || key_of('other', i) || E'\n\n'
        || array_to_string(list_transform(range(getvariable('filler')), lambda n: md5(i || 'other' || n)), ' ') AS text,
    27 AS body_start, key_of('other', i) AS text_sha256, 'page' AS text_source, '1' AS cleaner_version, '1' AS extractor_version,
    CASE WHEN told_at >= CAST($today AS TIMESTAMP) - INTERVAL 12 DAY THEN list_transform(range(128), lambda n: hash('other', i, n) // 2) END AS minhash,
    false AS is_incident, 0.05 AS relevance
FROM (
    SELECT range AS i, (CAST($today AS TIMESTAMP) - INTERVAL 1 DAY - to_days(CAST(days - 1 - range * days // missing AS INTEGER))
        + to_minutes(CAST(1300 * pick(range, 'minute') AS BIGINT))) AT TIME ZONE 'UTC' AS told_at
    FROM range($articles - (SELECT count(*) FROM article)) AS r (range),
        (SELECT CAST(CAST($today AS DATE) - min(CAST(published_at AS DATE)) AS INTEGER) AS days, $articles - count(*) AS missing FROM article)
);

INSERT INTO page BY NAME
SELECT page_id, 'made' AS run_id, key_of('entry', article_id) AS entry_id, title AS item_title, canonical_url AS url, canonical_url AS final_url,
    fetched_at, 200 AS http_status, 'text/html' AS content_type, 60000 AS n_bytes, article_id || article_id AS sha256,
    strftime(fetched_at, '%Y/%m/%d') || '.warc.gz' AS warc_file, (hash(article_id) % 100000000)::BIGINT AS warc_offset, 15000 AS warc_length
FROM article;

INSERT INTO entry BY NAME
SELECT entry_id, 'feed' || hash(entry_id) % 300 AS feed_id, url AS guid, url, item_title AS title, fetched_at - INTERVAL 2 HOUR AS published_at,
    'What the feed says of it: ' || item_title AS summary, fetched_at - INTERVAL 1 MINUTE AS first_seen_at, fetched_at - INTERVAL 1 MINUTE AS last_changed_at
FROM page;

INSERT INTO derivation BY NAME
SELECT page_id, fetched_at, 'made' AS run_id, '1' AS extractor_version, 'no_incident' AS outcome, article_id, 0 AS n_reports
FROM article WHERE NOT is_incident;

INSERT INTO feed BY NAME
SELECT 'feed' || range AS feed_id, 'https://feed' || range || '.example/feed.xml' AS url, 'Publisher ' || range AS publisher, 'en' AS language,
    true AS active, 0 AS n_failures
FROM range(300);

INSERT INTO feed_poll BY NAME
SELECT key_of('poll', f * 100000 + t) AS poll_id, 'made' AS run_id, 'feed' || f AS feed_id,
    (CAST($today AS TIMESTAMP) - to_hours(CAST(6 * (t + 1) AS BIGINT))) AT TIME ZONE 'UTC' AS polled_at, 'ok' AS status, 200 AS http_status,
    40000 AS n_bytes, 30 AS n_entries, CAST(pick(f * 100000 + t, 'new') * 3 AS INTEGER) AS n_new, 400 AS elapsed_ms
FROM range(300) AS p (f), range(4 * 1825) AS q (t);

INSERT INTO run BY NAME
SELECT flow || n AS run_id, flow, (CAST($today AS TIMESTAMP) - to_days(CAST(n AS INTEGER))) AT TIME ZONE 'UTC' AS started_at, (CAST($today AS TIMESTAMP) - to_days(CAST(n AS INTEGER))) AT TIME ZONE 'UTC' AS finished_at,
    'completed' AS status, '{}' AS parameters, '1' AS code_version, 'made' AS seed_digest
FROM range(1, 1826) AS r (n), (SELECT unnest(['collect', 'derive', 'publish']) AS flow);

INSERT INTO run_stage BY NAME
SELECT run_id, flow AS stage, 550 AS n_in, 540 AS n_out, 10 AS n_rejected, 60.0 AS elapsed_s FROM run;

-- The incident that the cookbook asks for.
CREATE OR REPLACE TEMP TABLE told_of AS
SELECT incident_id FROM incident WHERE event_date_start = DATE '2025-04-04' ORDER BY n_reports DESC, incident_id LIMIT 1;
UPDATE incident SET place = 'Kryvyi Rih' WHERE incident_id IN (FROM told_of);
UPDATE incident_version SET place = 'Kryvyi Rih' WHERE incident_id IN (FROM told_of);
DROP TABLE told_of
