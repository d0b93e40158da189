-- Incidents that fit a search, one page of them, with how many there are; a condition whose parameter is NULL is none.
WITH told AS (
    SELECT i.*, coalesce(n.name, i.country_iso3) AS country, k.words AS killed_words, k.claim_id IS NULL AND k.decision_id IS NULL AS is_sum,
        coalesce(i.killed_best, i.killed_min, i.killed_max) AS people
    FROM incident AS i
    LEFT JOIN countries AS n ON n.iso3 = i.country_iso3
    LEFT JOIN incident_toll AS k ON k.incident_id = i.incident_id AND k.toll = 'killed'
    WHERE ($country IS NULL OR coalesce(i.country_iso3, 'none') = $country)
      AND ($weapon IS NULL OR coalesce(i.weapon_class, 'none') = $weapon)
      AND ($first IS NULL OR coalesce(i.event_date_end, i.event_date_start) >= $first)
      AND ($last IS NULL OR i.event_date_start <= $last)
      AND ($least IS NULL OR coalesce(i.killed_best, i.killed_min, i.killed_max) >= $least)
      AND (NOT $contested OR len(i.contested) > 0)
),
found AS (
    SELECT t.*
    FROM told AS t
    LEFT JOIN (
        SELECT m.incident_id, string_agg(a.title, ' ') AS titles
        FROM incident_report AS m JOIN report AS r USING (report_id) JOIN article AS a ON a.article_id = r.article_id
        WHERE len($terms) > 0
        GROUP BY m.incident_id
    ) AS s ON s.incident_id = t.incident_id
    WHERE len($terms) = 0 OR len(list_filter($terms, lambda term: NOT contains(strip_accents(lower(concat_ws(' ', t.place, t.admin1, t.country,
        t.perpetrator, t.victim_side, t.weapon_system, replace(t.weapon_class, '_', ' '), t.event_class, t.killed_words, t.incident_id, s.titles))), term))) = 0
)
SELECT *, count(*) OVER () AS n_found, count(*) FILTER (people IS NULL) OVER () AS n_unknown
FROM found
ORDER BY CASE WHEN $by_toll THEN people END DESC NULLS LAST, event_date_start DESC NULLS LAST, people DESC NULLS LAST, incident_id
LIMIT $size OFFSET $skip
