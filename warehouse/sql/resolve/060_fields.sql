-- What most independent texts say, field by field; ties go to the earliest statement. 'other' yields to anything named.
-- A field that depends on another (the system on the weapon, the kind on the perpetrator) is asked only of the texts
-- that agree on that one.
CREATE OR REPLACE TEMP TABLE resolve_vote AS
SELECT m.incident_id, m.text_family, m.stated_at, m.report_id, v.field, v.value, v.lead, v.lead_value
FROM resolve_member AS m, unnest([
    {field: 'time_of_day', value: time_of_day, lead: '', lead_value: ''},
    {field: 'event_class', value: event_class, lead: '', lead_value: ''},
    {field: 'weapon_class', value: weapon_class, lead: '', lead_value: ''},
    {field: 'weapon_system', value: weapon_system, lead: 'weapon_class', lead_value: weapon_class},
    {field: 'launch_method', value: launch_method, lead: 'weapon_class', lead_value: weapon_class},
    {field: 'suicide', value: CAST(suicide AS VARCHAR), lead: '', lead_value: ''},
    {field: 'perpetrator', value: perpetrator, lead: '', lead_value: ''},
    {field: 'perpetrator_kind', value: perpetrator_kind, lead: 'perpetrator', lead_value: perpetrator},
    {field: 'victim_side', value: victim_side, lead: '', lead_value: ''}
]) AS unnested (v)
WHERE v.value IS NOT NULL;

CREATE OR REPLACE TEMP TABLE resolve_field AS
WITH lead_choice AS (
    SELECT incident_id, field, first(value ORDER BY value = 'other', votes DESC, first_at, value) AS value
    FROM (
        SELECT incident_id, field, value, count(DISTINCT text_family) AS votes, min(stated_at) AS first_at
        FROM resolve_vote WHERE lead = '' GROUP BY ALL
    )
    GROUP BY ALL
),
follower_choice AS (
    SELECT incident_id, field, first(value ORDER BY votes DESC, first_at, value) AS value
    FROM (
        SELECT v.incident_id, v.field, v.value, count(DISTINCT v.text_family) AS votes, min(v.stated_at) AS first_at
        FROM resolve_vote AS v
        LEFT JOIN lead_choice AS l ON l.incident_id = v.incident_id AND l.field = v.lead
        WHERE v.lead <> '' AND v.lead_value IS NOT DISTINCT FROM l.value
        GROUP BY ALL
    )
    GROUP BY ALL
)
FROM lead_choice UNION ALL BY NAME FROM follower_choice;

-- Classes of target that at least half of the independent texts name that name any; the most frequent one always.
CREATE OR REPLACE TEMP TABLE resolve_target AS
WITH named AS (
    SELECT incident_id, text_family, unnest(target_class) AS target FROM resolve_member
),
votes AS (
    SELECT incident_id, target, count(DISTINCT text_family) AS votes FROM named GROUP BY ALL
),
texts AS (
    SELECT incident_id, count(DISTINCT text_family) AS n FROM named GROUP BY ALL
)
SELECT incident_id, list_sort(list(target)) AS target_class
FROM (SELECT *, max(votes) OVER (PARTITION BY incident_id) AS most FROM votes) JOIN texts USING (incident_id)
WHERE votes * 2 >= n OR votes = most
GROUP BY incident_id;
