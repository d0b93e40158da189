-- The state of every touched incident that still has reports, in the columns of the incident table.
CREATE OR REPLACE TEMP TABLE resolve_state AS
SELECT * EXCLUDE (first_seen_at, last_changed_at, resolved_at) FROM incident LIMIT 0;

INSERT INTO resolve_state BY NAME
WITH field AS (  -- maps: an aggregate a column takes far longer to plan
    SELECT incident_id, map_from_entries(list((field, value))) AS f FROM resolve_field GROUP BY incident_id
),
toll AS (
    SELECT incident_id, map_from_entries(list((toll, {min: count_min, best: count_best, max: count_max, quantifier: quantifier}))) AS t
    FROM resolve_toll GROUP BY incident_id
),
contested AS (
    SELECT incident_id, list_sort(list(toll)) AS contested FROM resolve_toll WHERE is_contested GROUP BY incident_id
),
sources AS (
    SELECT incident_id, count(DISTINCT outlet) AS n_sources,
        least(count(DISTINCT text_family), count(DISTINCT outlet)) AS n_independent_sources
    FROM resolve_member GROUP BY incident_id
),
members AS (
    SELECT incident_id, count(*) AS n_reports FROM resolve_told GROUP BY incident_id
)
SELECT s.incident_id, d.day.event_date_start AS event_date_start, d.day.event_date_end AS event_date_end,
    d.day.date_precision AS date_precision, p.* EXCLUDE (incident_id), g.target_class, a.attribution,
    f['time_of_day'] AS time_of_day, f['event_class'] AS event_class, f['weapon_class'] AS weapon_class,
    f['weapon_system'] AS weapon_system, f['launch_method'] AS launch_method, f['perpetrator'] AS perpetrator,
    f['perpetrator_kind'] AS perpetrator_kind, f['victim_side'] AS victim_side, CAST(f['suicide'] AS BOOLEAN) AS suicide,
    t['killed'].min AS killed_min, t['killed'].best AS killed_best, t['killed'].max AS killed_max,
    t['killed'].quantifier AS killed_quantifier, t['injured'].min AS injured_min, t['injured'].best AS injured_best,
    t['injured'].max AS injured_max, t['injured'].quantifier AS injured_quantifier, t['missing'].min AS missing_min,
    t['missing'].best AS missing_best, t['missing'].max AS missing_max, t['missing'].quantifier AS missing_quantifier,
    t['abducted'].min AS abducted_min, t['abducted'].best AS abducted_best, t['abducted'].max AS abducted_max,
    t['abducted'].quantifier AS abducted_quantifier, t['children_killed'].min AS children_killed_min,
    t['children_killed'].best AS children_killed_best, t['children_killed'].max AS children_killed_max,
    t['children_killed'].quantifier AS children_killed_quantifier, t['children_injured'].min AS children_injured_min,
    t['children_injured'].best AS children_injured_best, t['children_injured'].max AS children_injured_max,
    t['children_injured'].quantifier AS children_injured_quantifier, t['women_killed'].min AS women_killed_min,
    t['women_killed'].best AS women_killed_best, t['women_killed'].max AS women_killed_max,
    t['women_killed'].quantifier AS women_killed_quantifier, t['civilians_killed'].min AS civilians_killed_min,
    t['civilians_killed'].best AS civilians_killed_best, t['civilians_killed'].max AS civilians_killed_max,
    t['civilians_killed'].quantifier AS civilians_killed_quantifier, t['security_killed'].min AS security_killed_min,
    t['security_killed'].best AS security_killed_best, t['security_killed'].max AS security_killed_max,
    t['security_killed'].quantifier AS security_killed_quantifier, t['attackers_killed'].min AS attackers_killed_min,
    t['attackers_killed'].best AS attackers_killed_best, t['attackers_killed'].max AS attackers_killed_max,
    t['attackers_killed'].quantifier AS attackers_killed_quantifier,
    'default' AS toll_rule, n.n_reports, s.n_sources, s.n_independent_sources, coalesce(c.contested, []) AS contested
FROM sources AS s
JOIN members AS n USING (incident_id)
LEFT JOIN resolve_date AS d USING (incident_id)
LEFT JOIN resolve_place AS p USING (incident_id)
LEFT JOIN field AS f USING (incident_id)
LEFT JOIN resolve_target AS g USING (incident_id)
LEFT JOIN resolve_attribution AS a USING (incident_id)
LEFT JOIN toll AS t USING (incident_id)
LEFT JOIN contested AS c USING (incident_id);
