-- What changed between two evenings
-- Which numbers of known incidents changed between the evenings of 4 and 7 April, from what to what?
SELECT place, column_name, old_value, new_value
FROM changes_between(TIMESTAMPTZ '2025-04-04 21:00:00+00', TIMESTAMPTZ '2025-04-07 21:00:00+00')
WHERE change = 'changed' AND column_name IN ('killed_min', 'killed_best', 'injured_best', 'children_killed_best', 'contested', 'n_sources')
ORDER BY place, column_name
