-- The incidents as Vigil knew them at a moment: the states of incident_version that held then, in its columns.
-- $ts: moment, with an offset; without one the session's time zone counts
-- example: FROM incidents_asof(TIMESTAMPTZ '2025-04-04 21:00:00+00')
CREATE OR REPLACE MACRO incidents_asof(ts) AS TABLE
SELECT * FROM incident_version
WHERE valid_from <= CAST(ts AS TIMESTAMPTZ) AND (valid_to IS NULL OR valid_to > CAST(ts AS TIMESTAMPTZ))
