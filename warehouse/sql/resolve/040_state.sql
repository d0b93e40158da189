-- The resolver runs once; its view is asked for the touched incidents only.
CREATE OR REPLACE TEMP TABLE resolve_toll AS
SELECT * FROM toll_default WHERE incident_id IN (SELECT incident_id FROM touched);

-- The state of every touched incident that still has reports, in the columns of the incident table.
CREATE OR REPLACE TEMP TABLE resolve_state AS
SELECT * EXCLUDE (first_seen_at, last_changed_at) FROM incident LIMIT 0;

INSERT INTO resolve_state BY NAME
WITH field AS (
    PIVOT resolve_field ON field IN (
        'time_of_day', 'event_class', 'weapon_class', 'weapon_system', 'launch_method', 'suicide', 'perpetrator', 'perpetrator_kind',
        'victim_side'
    ) USING first(value) GROUP BY incident_id
),
toll AS (
    PIVOT resolve_toll ON toll IN (
        'killed', 'injured', 'missing', 'abducted', 'children_killed', 'children_injured', 'women_killed', 'civilians_killed',
        'security_killed', 'attackers_killed'
    ) USING first(count_min) AS min, first(count_best) AS best, first(count_max) AS max, first(quantifier) AS quantifier
    GROUP BY incident_id
),
contested AS (
    SELECT incident_id, list_sort(list(toll)) AS contested FROM resolve_toll WHERE is_contested GROUP BY incident_id
),
sources AS (
    SELECT m.incident_id, count(DISTINCT r.outlet) AS n_sources,
        least(count(DISTINCT r.text_family), count(DISTINCT r.outlet)) AS n_independent_sources
    FROM (SELECT DISTINCT incident_id FROM resolve_member) AS m JOIN resolve_member AS r USING (incident_id)
    GROUP BY m.incident_id
),
members AS (
    SELECT incident_id, count(*) AS n_reports FROM incident_report GROUP BY incident_id
)
SELECT s.incident_id, d.day.event_date_start AS event_date_start, d.day.event_date_end AS event_date_end,
    d.day.date_precision AS date_precision, p.* EXCLUDE (incident_id), f.* EXCLUDE (incident_id, suicide),
    CAST(f.suicide AS BOOLEAN) AS suicide, g.target_class, a.attribution, t.* EXCLUDE (incident_id),
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
