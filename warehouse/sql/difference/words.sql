-- Each change with the words that the value was read from, before and after, what it is about and where to read it.
-- `change` is the frame of bare changes, `before` the attached older warehouse.
WITH words_before AS (
    SELECT row_id, column_name, first(quote ORDER BY span_start, span_end) AS quote FROM before.evidence
    WHERE row_id IN (SELECT row_id FROM change) GROUP BY ALL
),
words_after AS (
    SELECT row_id, column_name, first(quote ORDER BY span_start, span_end) AS quote FROM evidence
    WHERE row_id IN (SELECT row_id FROM change) GROUP BY ALL
),
owner AS (
    SELECT 'article' AS "table", article_id AS row_id, title AS about, canonical_url AS url FROM article
    UNION ALL SELECT 'article', article_id, title, canonical_url FROM before.article
    UNION ALL SELECT 'report', r.report_id, a.title, a.canonical_url FROM report AS r JOIN article AS a USING (article_id)
    UNION ALL SELECT 'report', r.report_id, a.title, a.canonical_url FROM before.report AS r JOIN before.article AS a USING (article_id)
    UNION ALL SELECT 'claim', c.claim_id,
        concat_ws(' ', c.claim_type, c.effect, c.victim_group, c.count_best, substring(a.text, c.span_start + 1, c.span_end - c.span_start)),
        a.canonical_url
    FROM claim AS c JOIN article AS a USING (article_id)
    UNION ALL SELECT 'claim', c.claim_id,
        concat_ws(' ', c.claim_type, c.effect, c.victim_group, c.count_best, substring(a.text, c.span_start + 1, c.span_end - c.span_start)),
        a.canonical_url
    FROM before.claim AS c JOIN before.article AS a USING (article_id)
    UNION ALL SELECT 'incident', incident_id,
        concat_ws(' ', event_date_start, place, country_iso3, event_class, 'killed', killed_best), NULL
    FROM incident
    UNION ALL SELECT 'incident', incident_id,
        concat_ws(' ', event_date_start, place, country_iso3, event_class, 'killed', killed_best), NULL
    FROM before.incident
),
named AS (
    SELECT "table", row_id, any_value(about) AS about, any_value(url) AS url FROM owner SEMI JOIN change USING ("table", row_id) GROUP BY ALL
)
SELECT c."table", c.row_id, c.kind, c."column", c.before, c.after, b.quote AS words_before, w.quote AS words_after, n.about, n.url
FROM change AS c
LEFT JOIN words_before AS b ON b.row_id = c.row_id AND b.column_name = c."column"
LEFT JOIN words_after AS w ON w.row_id = c.row_id AND w.column_name = c."column"
LEFT JOIN named AS n ON n."table" = c."table" AND n.row_id = c.row_id
ORDER BY list_position(['incident', 'report', 'claim', 'article'], c."table"), n.url, c.row_id, c.kind, c."column"
