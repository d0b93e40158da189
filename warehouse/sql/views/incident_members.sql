-- One report of one incident, with what decides whether its counts are used.
-- @incident_id: incident
-- @report_id: report
-- @article_id: article version that tells it
-- @counts: it reports this incident as news: neither background nor an aggregate of several events
-- @is_copy: its article repeats the text of another article of the incident
-- @is_superseded: a newer version of the same article belongs to the incident
-- @outlet: publisher domain
-- @url: address of the article
-- @text_family: who wrote the text: the agency it is credited to, or the outlet that had it first. Copies share one
-- @is_dated: the article says when it was published, or an earlier version of it bounds the time
-- @stated_at: when it says so: publication, never after the fetch; a changed article: not before the previous fetch
-- @outlet_side: state or armed group whose mouthpiece the outlet is; NULL: none known
-- @is_state_media: the outlet is controlled by a state or by a party to a conflict
CREATE OR REPLACE VIEW incident_members AS
WITH version AS (
    SELECT article_id, lag(fetched_at) OVER (PARTITION BY canonical_url ORDER BY fetched_at, article_id) AS previous_fetch
    FROM article
),
told AS (
    SELECT m.incident_id, r.report_id, r.article_id, a.canonical_url, a.outlet, a.fetched_at, a.duplicate_of,
        r.is_incident AND NOT r.is_aggregate AND r.role <> 'background' AS counts,
        CASE
            WHEN first.article_id IS NOT NULL THEN 'outlet:' || first.outlet
            WHEN agency.domain IS NOT NULL THEN 'outlet:' || agency.domain
            WHEN a.wire_origin IS NOT NULL THEN 'wire:' || lower(a.wire_origin)
            ELSE 'outlet:' || a.outlet
        END AS text_family,
        a.published_at IS NOT NULL OR v.previous_fetch IS NOT NULL AS is_dated,
        greatest(least(coalesce(a.published_at, a.fetched_at), a.fetched_at), v.previous_fetch) AS stated_at,
        o.party_to_conflict AS outlet_side,
        coalesce(o.is_state_media, false) OR o.party_to_conflict IS NOT NULL AS is_state_media
    FROM incident_report AS m
    JOIN report AS r USING (report_id)
    JOIN article AS a USING (article_id)
    JOIN version AS v USING (article_id)
    LEFT JOIN outlet AS o ON o.domain = a.outlet
    LEFT JOIN article AS first ON first.article_id = a.duplicate_of
    LEFT JOIN (
        SELECT lower(publisher) AS publisher, min(domain) AS domain FROM outlet GROUP BY ALL
    ) AS agency ON agency.publisher = lower(a.wire_origin)
),
newest AS (
    SELECT incident_id, canonical_url, max_by(article_id, (fetched_at, article_id)) AS article_id
    FROM told WHERE counts GROUP BY ALL
)
SELECT t.incident_id, t.report_id, t.article_id, t.counts,
    EXISTS (FROM told AS o WHERE o.incident_id = t.incident_id AND o.article_id = t.duplicate_of AND o.counts) AS is_copy,
    n.article_id IS NOT NULL AND n.article_id <> t.article_id AS is_superseded,
    t.outlet, t.canonical_url AS url, t.text_family, t.is_dated, t.stated_at, t.outlet_side, t.is_state_media
FROM told AS t
LEFT JOIN newest AS n USING (incident_id, canonical_url)
