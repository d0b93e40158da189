-- The sides of an incident: whose people were harmed and whose forces are said to have done it. Victims' countries are
-- those that victim_side names, else the event's country. Each name is looked up once.
CREATE OR REPLACE TEMP TABLE resolve_side AS
WITH named AS MATERIALIZED (
    SELECT incident_id, country_iso3, lower(victim_side) AS victim, lower(perpetrator) AS perpetrator FROM resolve_member WHERE is_counted
),
country_of AS MATERIALIZED (
    SELECT n.name, w.iso2
    FROM (
        SELECT victim AS name FROM named WHERE victim IS NOT NULL UNION SELECT perpetrator FROM named WHERE perpetrator IS NOT NULL
    ) AS n
    JOIN resolve_country_word AS w ON n.name = w.word OR (length(w.word) > 3 AND contains(' ' || n.name || ' ', ' ' || w.word || ' '))
),
found AS (
    SELECT DISTINCT n.incident_id, 'victim' AS part, c.iso2 FROM named AS n JOIN country_of AS c ON c.name = n.victim
    UNION ALL
    SELECT DISTINCT n.incident_id, 'perpetrator', c.iso2 FROM named AS n JOIN country_of AS c ON c.name = n.perpetrator
    UNION ALL
    SELECT DISTINCT n.incident_id, 'place', w.iso2 FROM named AS n JOIN resolve_country_word AS w ON w.iso3 = n.country_iso3
),
countries AS (
    SELECT incident_id, list(iso2) FILTER (part = 'victim') AS victim, list(iso2) FILTER (part = 'perpetrator') AS perpetrator,
        list(iso2) FILTER (part = 'place') AS place
    FROM found GROUP BY incident_id
)
SELECT i.incident_id, coalesce(c.victim, c.place, []) AS victim_countries, i.victim_names, coalesce(c.perpetrator, []) AS perpetrator_countries
FROM (
    SELECT incident_id, coalesce(list(DISTINCT victim) FILTER (victim IS NOT NULL), []) AS victim_names FROM named GROUP BY incident_id
) AS i
LEFT JOIN countries AS c USING (incident_id);
