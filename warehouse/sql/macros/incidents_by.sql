-- needs: toll_by
-- The incidents with the killed and injured of one resolver in place of the default's.
-- $resolver_name: name of the resolver, as toll_by takes it
-- @incident_id: stable id
-- @date: first day of the event
-- @country: ISO 3166-1 alpha-3
-- @place: place of the event
-- @event_class: what kind of event
-- @killed_min: lowest number by this resolver
-- @killed: best number; NULL: killed_why_null says why
-- @killed_max: highest number; NULL: open above or none
-- @killed_why_null: why killed is NULL
-- @injured_min: lowest number by this resolver
-- @injured: best number; NULL: injured_why_null says why
-- @injured_max: highest number; NULL: open above or none
-- @injured_why_null: why injured is NULL
-- example: SELECT date, place, killed, killed_why_null FROM incidents_by('corroborated')
CREATE OR REPLACE MACRO incidents_by(resolver_name) AS TABLE
SELECT i.incident_id, i.event_date_start AS date, i.country_iso3 AS country, i.place, i.event_class,
    k.count_min AS killed_min, k.count_best AS killed, k.count_max AS killed_max, k.why_null AS killed_why_null,
    j.count_min AS injured_min, j.count_best AS injured, j.count_max AS injured_max, j.why_null AS injured_why_null
FROM incident AS i
LEFT JOIN (FROM toll_by(resolver_name) WHERE toll = 'killed') AS k ON k.incident_id = i.incident_id
LEFT JOIN (FROM toll_by(resolver_name) WHERE toll = 'injured') AS j ON j.incident_id = i.incident_id
