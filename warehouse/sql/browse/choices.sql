-- What can be chosen in a search: countries and classes of weapon that occur, with how many incidents each has.
SELECT 'country' AS kind, coalesce(i.country_iso3, 'none') AS value, coalesce(n.name, i.country_iso3, 'country not known') AS name, count(*) AS n
FROM incident AS i LEFT JOIN countries AS n ON n.iso3 = i.country_iso3
GROUP BY ALL
UNION ALL
SELECT 'weapon', coalesce(weapon_class, 'none'), coalesce(weapon_class, 'not stated'), count(*)
FROM incident GROUP BY ALL
ORDER BY kind, name
