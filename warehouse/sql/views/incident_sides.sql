-- needs: country_words, incident_members
-- The sides of one incident: whose people were harmed and whose forces are said to have done it.
-- @incident_id: incident
-- @victim_countries: ISO 3166-1 alpha-2 of the countries that the reports' victim_side names, else of the event's country
-- @victim_names: victim_side in the texts' words, lower case
-- @perpetrator_countries: ISO 3166-1 alpha-2 of the countries that the reports' perpetrator names
CREATE OR REPLACE VIEW incident_sides AS
WITH named AS (
    SELECT m.incident_id, r.country_iso3, lower(r.victim_side) AS victim, lower(r.perpetrator) AS perpetrator
    FROM incident_members AS m JOIN report AS r USING (report_id)
    WHERE m.counts
),
victim AS (
    SELECT n.incident_id, list_sort(list(DISTINCT w.iso2)) AS countries
    FROM named AS n JOIN country_words AS w ON n.victim = w.word OR (length(w.word) > 3 AND contains(' ' || n.victim || ' ', ' ' || w.word || ' '))
    GROUP BY n.incident_id
),
perpetrator AS (
    SELECT n.incident_id, list_sort(list(DISTINCT w.iso2)) AS countries
    FROM named AS n JOIN country_words AS w ON n.perpetrator = w.word OR (length(w.word) > 3 AND contains(' ' || n.perpetrator || ' ', ' ' || w.word || ' '))
    GROUP BY n.incident_id
),
place AS (
    SELECT n.incident_id, list_sort(list(DISTINCT w.iso2)) AS countries
    FROM named AS n JOIN country_words AS w ON w.iso3 = n.country_iso3
    GROUP BY n.incident_id
)
SELECT i.incident_id, coalesce(v.countries, p.countries, []) AS victim_countries, i.victim_names,
    coalesce(q.countries, []) AS perpetrator_countries
FROM (
    SELECT incident_id, coalesce(list_sort(list(DISTINCT victim) FILTER (victim IS NOT NULL)), []) AS victim_names
    FROM named GROUP BY incident_id
) AS i
LEFT JOIN victim AS v USING (incident_id)
LEFT JOIN place AS p USING (incident_id)
LEFT JOIN perpetrator AS q USING (incident_id)
