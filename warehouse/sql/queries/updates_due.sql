-- Pages of articles that report an incident and are due for another look: the story has reached an age of $ages (hours) that it had
-- not at the last look. Stories older than the last age and a week are left alone: an old archive must not be asked for all at once.
WITH version AS (
    SELECT a.canonical_url, a.is_incident, a.published_at, p.url, p.entry_id, p.fetched_at
    FROM article AS a JOIN derivation AS d USING (article_id) JOIN page AS p ON p.page_id = d.page_id
    WHERE p.entry_id IS NOT NULL
), newest AS (
    SELECT url, max(fetched_at) AS fetched_at, arg_max(page_id, fetched_at) AS page_id FROM page GROUP BY url -- also those not read yet
), story AS (
    SELECT canonical_url, least(min(published_at), min(fetched_at)) AS born_at, max(fetched_at) AS fetched_at,
        arg_max(url, fetched_at) AS url, arg_max(entry_id, fetched_at) AS entry_id
    FROM version GROUP BY canonical_url HAVING bool_or(is_incident)
), looked AS (
    SELECT s.*, n.page_id, greatest(s.fetched_at, n.fetched_at, (SELECT max(k.checked_at) FROM page_check AS k WHERE k.url = s.url)) AS looked_at,
        (SELECT max(age) FROM (SELECT unnest(CAST($ages AS INTEGER[])) AS age) WHERE s.born_at + to_hours(age) <= $now) AS age_h
    FROM story AS s JOIN newest AS n USING (url)
)
SELECT l.url, l.entry_id, p.sha256, p.warc_file, p.warc_offset, p.warc_length, l.age_h, e.feed_id,
    e.title, e.published_at, e.updated_at, e.summary, e.content_html
FROM looked AS l JOIN entry AS e ON e.entry_id = l.entry_id JOIN page AS p ON p.page_id = l.page_id
WHERE l.age_h IS NOT NULL AND l.looked_at < l.born_at + to_hours(l.age_h)
  AND l.born_at > $now - to_hours(list_max(CAST($ages AS INTEGER[]))) - INTERVAL 7 DAY
ORDER BY l.born_at DESC, l.url
