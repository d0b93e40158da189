-- One barrage: attacks on several places of one country in one night or day, as the newest article sums them up, beside the incidents
-- that it consists of. Its numbers are the sum's own words; add up incidents, never barrages and incidents.
-- @barrage_id: country, state if only one was struck, and last day of the barrage
-- @date_start: first day
-- @date_end: last day
-- @country: ISO 3166-1 alpha-3
-- @admin1: state or province, if only one was struck; NULL: several, or unknown
-- @killed: people killed everywhere, the best number of the newest sum; NULL: not stated
-- @killed_of_parts: people killed at the places that are counted, sum of the best numbers of their incidents
-- @killed_elsewhere: killed less killed_of_parts: told in the sum, but of no place; NULL: unknown, or the parts come to more
-- @injured: people injured everywhere, likewise
-- @injured_of_parts: people injured at the places that are counted
-- @n_parts: incidents
-- @parts: their ids, the deadliest first
-- @places: their places, in the same order
-- @killed_words: the words that state the sum of the killed; NULL: not stated
-- @url: address of the newest article that sums it up
-- @as_of: when it was published, else fetched (UTC)
-- needs: barrage_parts
CREATE OR REPLACE VIEW barrages AS
WITH part AS (
    SELECT b.barrage_id, count(*) AS n_parts, CAST(sum(i.killed_best) AS BIGINT) AS killed_of_parts,
        CAST(sum(i.injured_best) AS BIGINT) AS injured_of_parts,
        list(i.incident_id ORDER BY i.killed_best DESC NULLS LAST, i.incident_id) AS parts,
        list(coalesce(i.place, i.admin1, i.country_iso3) ORDER BY i.killed_best DESC NULLS LAST, i.incident_id) AS places
    FROM barrage_parts AS b JOIN incident AS i ON i.incident_id = b.incident_id
    GROUP BY b.barrage_id
    HAVING count(*) > 1
),
told AS (
    SELECT concat_ws('-', r.country_iso3, r.admin1, r.event_date_end) AS barrage_id, r.*, a.canonical_url AS url,
        coalesce(a.published_at, a.fetched_at) AS as_of,
        min(r.event_date_start) OVER (PARTITION BY r.country_iso3, r.admin1, r.event_date_end) AS first_on
    FROM report AS r JOIN article AS a ON a.article_id = r.article_id
    WHERE r.is_aggregate AND r.is_incident AND r.role = 'primary' AND r.geo_precision >= 4 AND r.event_date_end <= r.event_date_start + 1
    QUALIFY row_number() OVER (
        PARTITION BY r.country_iso3, r.admin1, r.event_date_end
        ORDER BY (r.killed_best IS NULL), coalesce(a.published_at, a.fetched_at) DESC, r.report_id
    ) = 1
)
SELECT t.barrage_id, t.first_on AS date_start, t.event_date_end AS date_end, t.country_iso3 AS country, t.admin1, t.killed_best AS killed,
    p.killed_of_parts, CASE WHEN t.killed_best >= p.killed_of_parts THEN t.killed_best - p.killed_of_parts END AS killed_elsewhere,
    t.injured_best AS injured, p.injured_of_parts, p.n_parts, p.parts, p.places, e.words AS killed_words, t.url, t.as_of
FROM told AS t
JOIN part AS p ON p.barrage_id = t.barrage_id
LEFT JOIN (
    SELECT row_id, arg_min(quote, span_start) AS words FROM evidence
    WHERE row_table = 'report' AND column_name = 'killed_best' GROUP BY row_id
) AS e ON e.row_id = t.report_id
