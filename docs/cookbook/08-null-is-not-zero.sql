-- Nobody killed, not stated, or only vaguely
-- NULL is not zero: what do the texts say of incidents without a death?
SELECT CASE
        WHEN killed = 0 THEN 'stated: nobody was killed'
        WHEN killed > 0 THEN 'stated'
        WHEN killed_min IS NOT NULL THEN 'only vaguely'
        ELSE 'not stated'
    END AS what_is_said, count(*) AS incidents, string_agg(place, ', ' ORDER BY place) AS places
FROM incidents
GROUP BY what_is_said
ORDER BY incidents DESC, what_is_said
