-- The incidents as Vigil knew them at a moment: FROM incidents_asof(TIMESTAMPTZ '2025-04-05 08:00:00+00').
-- Columns are those of incident_version.
CREATE OR REPLACE MACRO incidents_asof(ts) AS TABLE
SELECT * FROM incident_version
WHERE valid_from <= CAST(ts AS TIMESTAMPTZ) AND (valid_to IS NULL OR valid_to > CAST(ts AS TIMESTAMPTZ))
