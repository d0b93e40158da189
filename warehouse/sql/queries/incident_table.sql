-- The incident table that people read first: one line an incident, newest first, with its toll and the words behind it.
SELECT coalesce(strftime(date, '%Y-%m-%d'), 'date unknown') AS date,
    concat_ws(', ', place, CASE WHEN admin1 IS DISTINCT FROM place THEN admin1 END, country) AS place,
    replace(replace(event_class, 'explosive.', ''), '_', ' ') AS what,
    CASE WHEN killed IS NULL AND killed_min IS NULL THEN '?'
         WHEN killed_min IS NOT DISTINCT FROM killed_max THEN CAST(killed_min AS VARCHAR)
         ELSE concat(coalesce(CAST(killed AS VARCHAR), '?'), ' (', coalesce(CAST(killed_min AS VARCHAR), '?'), '-', coalesce(CAST(killed_max AS VARCHAR), ''), ')')
    END AS killed,
    CASE WHEN injured IS NULL AND injured_min IS NULL THEN '?'
         WHEN injured_min IS NOT DISTINCT FROM injured_max THEN CAST(injured_min AS VARCHAR)
         ELSE concat(coalesce(CAST(injured AS VARCHAR), '?'), ' (', coalesce(CAST(injured_min AS VARCHAR), '?'), '-', coalesce(CAST(injured_max AS VARCHAR), ''), ')')
    END AS injured,
    concat_ws(' / ', '"' || killed_words || '"', '"' || injured_words || '"') AS words,
    concat(n_sources, CASE WHEN n_independent_sources < n_sources THEN concat(' (', n_independent_sources, ' independent)') END) AS sources
FROM incidents
ORDER BY date DESC, killed DESC, incident_id
