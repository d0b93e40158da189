-- One source only
-- Which incidents with three deaths or more rest on a single independent source?
SELECT date, place, killed, n_sources, n_independent_sources, sources[1] AS source
FROM incidents
WHERE n_independent_sources = 1 AND killed >= 3
ORDER BY killed DESC, place
