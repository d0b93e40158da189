-- `resolve_link`, `_report`, `_article` and `_original` are the rows of the touched incidents, `_version` the other versions of these articles:
-- warehouse/incidents.py gathers them.
-- Reports of the touched incidents, with what decides whether and how their counts are used.
CREATE OR REPLACE TEMP TABLE resolve_told AS
WITH article_of AS (
    SELECT m.incident_id, m.report_id, m.link, a.*, r.is_incident AND NOT r.is_aggregate AND r.role <> 'background' AS is_counted
    FROM resolve_link AS m JOIN resolve_report AS r USING (report_id) JOIN resolve_article AS a USING (article_id)
),
version AS (
    SELECT article_id, lag(fetched_at) OVER (PARTITION BY canonical_url ORDER BY fetched_at, article_id) AS previous_fetch
    FROM (SELECT article_id, canonical_url, fetched_at FROM resolve_article UNION ALL BY NAME FROM resolve_version)
)
SELECT a.incident_id, a.report_id, a.link, a.article_id, a.canonical_url, a.outlet, a.fetched_at, a.duplicate_of, a.is_counted,
    CASE
        WHEN original.article_id IS NOT NULL THEN 'outlet:' || original.outlet
        WHEN agency.domain IS NOT NULL THEN 'outlet:' || agency.domain
        WHEN a.wire_origin IS NOT NULL THEN 'wire:' || lower(a.wire_origin)
        ELSE 'outlet:' || a.outlet
    END AS text_family,
    a.published_at IS NOT NULL OR v.previous_fetch IS NOT NULL AS is_dated,
    greatest(least(coalesce(a.published_at, a.fetched_at), a.fetched_at), v.previous_fetch) AS stated_at,
    o.party_to_conflict AS outlet_side,
    coalesce(o.is_state_media, false) OR o.party_to_conflict IS NOT NULL AS is_state_media
FROM article_of AS a
JOIN version AS v USING (article_id)
LEFT JOIN outlet AS o ON o.domain = a.outlet
LEFT JOIN resolve_original AS original ON original.article_id = a.duplicate_of
LEFT JOIN (
    SELECT lower(publisher) AS publisher, min(domain) AS domain FROM outlet GROUP BY ALL
) AS agency ON agency.publisher = lower(a.wire_origin);

CREATE OR REPLACE TEMP TABLE resolve_membership AS
WITH newest AS (
    SELECT incident_id, canonical_url, max_by(article_id, (fetched_at, article_id)) AS article_id
    FROM resolve_told WHERE is_counted GROUP BY ALL
),
original AS (
    SELECT DISTINCT incident_id, article_id FROM resolve_told WHERE is_counted
)
SELECT t.* EXCLUDE (canonical_url, fetched_at, duplicate_of), o.article_id IS NOT NULL AS is_copy,
    n.article_id IS NOT NULL AND n.article_id <> t.article_id AS is_superseded
FROM resolve_told AS t
LEFT JOIN original AS o ON o.incident_id = t.incident_id AND o.article_id = t.duplicate_of
LEFT JOIN newest AS n ON n.incident_id = t.incident_id AND n.canonical_url = t.canonical_url;

UPDATE incident_report AS i
SET is_counted = m.is_counted, is_copy = m.is_copy, is_superseded = m.is_superseded, text_family = m.text_family, stated_at = m.stated_at,
    resolved_at = getvariable('run_at')
FROM resolve_membership AS m
WHERE i.rowid = m.link;

-- Reports that decide the incident's fields: those that tell it as news, else all of them.
CREATE OR REPLACE TEMP TABLE resolve_member AS
SELECT m.incident_id, m.text_family, m.outlet, m.stated_at, m.is_counted, r.*
FROM (SELECT *, bool_or(is_counted) OVER (PARTITION BY incident_id) AS has_counted FROM resolve_membership) AS m
JOIN resolve_report AS r USING (report_id)
WHERE m.is_counted OR NOT m.has_counted;
