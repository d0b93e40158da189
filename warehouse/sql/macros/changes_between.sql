-- What changed in Vigil's knowledge between two moments: a row for each incident that came or went, and one for each column
-- of an incident whose value is another one. Read from incident_version, of which nothing is ever deleted.
-- $ts1: earlier moment
-- $ts2: later moment
-- @incident_id: incident
-- @change: added, gone (merged into another incident, or its reports were withdrawn) or changed
-- @column_name: column of incident_version that changed; NULL: the whole incident came or went
-- @old_value: value at the earlier moment, as text; NULL: unknown, or there was no incident
-- @new_value: value at the later moment, as text; NULL: unknown, or there is no incident
-- @changed_at: run time of the last change up to the later moment (UTC)
-- @run_id: run that made it; NULL: the incident is gone
-- @place: place, at the later moment if it existed then
-- @event_date_start: first day of the event, likewise
-- @lives_on_as: id under which a vanished incident lives on; NULL: none, or it did not vanish
-- example: FROM changes_between(TIMESTAMPTZ '2025-04-04 21:00:00+00', TIMESTAMPTZ '2025-04-06 21:00:00+00')
CREATE OR REPLACE MACRO changes_between(ts1, ts2) AS TABLE
WITH moments AS (
    SELECT CASE WHEN CAST(ts1 AS TIMESTAMPTZ) <= CAST(ts2 AS TIMESTAMPTZ) THEN CAST(ts1 AS TIMESTAMPTZ)
            ELSE error('changes_between(ts1, ts2): the first moment lies after the second; swap them') END AS earlier,
        CAST(ts2 AS TIMESTAMPTZ) AS later
),
touched AS (  -- few incidents change in a night: only their versions are compared
    SELECT incident_id, max(CASE WHEN valid_to <= later THEN greatest(valid_from, valid_to) ELSE valid_from END) AS changed_at
    FROM incident_version, moments
    WHERE (valid_from > earlier AND valid_from <= later) OR (valid_to > earlier AND valid_to <= later)
    GROUP BY incident_id
),
version AS (
    SELECT v.*, v.valid_from <= m.earlier AND (v.valid_to IS NULL OR v.valid_to > m.earlier) AS held_before,
        v.valid_from <= m.later AND (v.valid_to IS NULL OR v.valid_to > m.later) AS holds_after
    FROM incident_version AS v, moments AS m
    WHERE v.incident_id IN (SELECT incident_id FROM touched)
),
head AS (
    SELECT t.incident_id, t.changed_at, max(a.run_id) AS run_id, count(b.incident_id) > 0 AS was, count(a.incident_id) > 0 AS remains,
        any_value(coalesce(a.place, b.place)) AS place, any_value(coalesce(a.event_date_start, b.event_date_start)) AS event_date_start
    FROM touched AS t
    LEFT JOIN (FROM version WHERE held_before) AS b ON b.incident_id = t.incident_id
    LEFT JOIN (FROM version WHERE holds_after) AS a ON a.incident_id = t.incident_id
    GROUP BY t.incident_id, t.changed_at
),
cell AS (
    UNPIVOT (
        SELECT incident_id AS id, held_before AS before, holds_after AS after,
            CAST(COLUMNS(* EXCLUDE (incident_id, valid_from, valid_to, run_id, held_before, holds_after)) AS VARCHAR)
        FROM version WHERE held_before <> holds_after  -- a state that holds at both moments changed nothing
    ) ON COLUMNS(* EXCLUDE (id, before, after)) INTO NAME column_name VALUE cell_value
),
difference AS (
    SELECT id, column_name, max(cell_value) FILTER (before) AS old_value, max(cell_value) FILTER (after) AS new_value
    FROM cell GROUP BY id, column_name
)
SELECT h.incident_id, 'changed' AS change, d.column_name, d.old_value, d.new_value, h.changed_at, h.run_id, h.place, h.event_date_start,
    CAST(NULL AS VARCHAR) AS lives_on_as
FROM difference AS d JOIN head AS h ON h.incident_id = d.id
WHERE h.was AND h.remains AND d.old_value IS DISTINCT FROM d.new_value
UNION ALL
SELECT h.incident_id, CASE WHEN h.was THEN 'gone' ELSE 'added' END, NULL, NULL, NULL, h.changed_at, h.run_id, h.place, h.event_date_start,
    CASE WHEN h.was THEN l.incident_id END
FROM head AS h LEFT JOIN incident_alias AS l ON l.old_id = h.incident_id
WHERE h.was <> h.remains
