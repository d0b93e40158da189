-- Date: among the most precise ones the one that most independent texts give, then the earliest statement.
CREATE OR REPLACE TEMP TABLE resolve_date AS
SELECT incident_id, first(day ORDER BY coalesce(precise, 9), votes DESC, first_at, day) AS day
FROM (
    SELECT incident_id, date_precision AS precise, count(DISTINCT text_family) AS votes, min(stated_at) AS first_at,
        {event_date_start: event_date_start, event_date_end: event_date_end, date_precision: date_precision} AS day
    FROM resolve_member WHERE event_date_start IS NOT NULL
    GROUP BY ALL
)
GROUP BY incident_id;

-- Place: all its columns from one report, the one with the best geo precision (sea or air before larger regions), then
-- with the place that most independent texts give, then the earliest.
CREATE OR REPLACE TEMP TABLE resolve_place AS
WITH candidate AS (
    SELECT *, CASE geo_precision WHEN 7 THEN 4.5 ELSE coalesce(geo_precision, 9) END AS coarseness
    FROM resolve_member WHERE country_iso3 IS NOT NULL OR place IS NOT NULL OR latitude IS NOT NULL
),
votes AS (
    SELECT incident_id, country_iso3, admin1, place, count(DISTINCT text_family) AS votes FROM candidate GROUP BY ALL
)
SELECT incident_id, country_iso3, admin1, place, latitude, longitude, geonameid, geo_precision, place_alternatives
FROM (
    SELECT c.*, row_number() OVER (
        PARTITION BY c.incident_id ORDER BY c.coarseness, v.votes DESC, c.stated_at, c.report_id
    ) AS rank
    FROM candidate AS c JOIN votes AS v ON v.incident_id = c.incident_id
        AND (v.country_iso3, v.admin1, v.place) IS NOT DISTINCT FROM (c.country_iso3, c.admin1, c.place)
)
WHERE rank = 1;

-- Attribution: the most informative statement that any report carries; later texts add to what earlier ones left open.
CREATE OR REPLACE TEMP TABLE resolve_attribution AS
SELECT incident_id, ['claimed', 'accepted_and_justified', 'contested', 'blamed_and_denied', 'blamed', 'unattributed'][
    min(list_position(['claimed', 'accepted_and_justified', 'contested', 'blamed_and_denied', 'blamed', 'unattributed'], attribution))
] AS attribution
FROM resolve_member WHERE attribution IS NOT NULL
GROUP BY incident_id;
