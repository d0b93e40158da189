-- The articles of the night: read or not, by language.
SELECT coalesce(language, 'unknown') AS language, count(*) AS n_articles, count(*) FILTER (is_incident IS NULL) AS n_not_read,
    count(*) FILTER (is_incident) AS n_incident_articles, count(*) FILTER (duplicate_of IS NOT NULL) AS n_copies
FROM article
WHERE fetched_at >= $since AND fetched_at < $until
GROUP BY ALL
ORDER BY n_articles DESC, language
