-- kept as rows
-- needs: toll_default, toll_latest, toll_min_max, toll_conservative, toll_corroborated, toll_official_only
-- not mirrored
-- One count of one incident, resolver beside resolver: where they differ, look at claims_side_by_side before you quote.
-- @incident_id: incident
-- @toll: what is counted: killed, injured, children_killed ...
-- @lowest: lowest last word of anybody
-- @by_conservative: lowest number that a current voice stands by
-- @by_corroborated: highest number that two independent texts reach
-- @by_default: best number of the default resolver
-- @by_official_only: best number of officials alone
-- @by_latest: newest number
-- @highest: highest last word of anybody; NULL: open above
-- @n_voices: voices that give it
-- @agree: the resolvers that give a number all give the same one
CREATE OR REPLACE VIEW tolls_compared AS
SELECT d.incident_id, d.toll, m.count_min AS lowest, c.count_best AS by_conservative, r.count_best AS by_corroborated,
    d.count_best AS by_default, o.count_best AS by_official_only, l.count_best AS by_latest, m.count_max AS highest, d.n_voices,
    coalesce(greatest(c.count_best, r.count_best, d.count_best, o.count_best, l.count_best)
        = least(c.count_best, r.count_best, d.count_best, o.count_best, l.count_best), true) AS agree
FROM toll_default AS d
JOIN toll_latest AS l ON l.incident_id = d.incident_id AND l.toll = d.toll
JOIN toll_min_max AS m ON m.incident_id = d.incident_id AND m.toll = d.toll
JOIN toll_conservative AS c ON c.incident_id = d.incident_id AND c.toll = d.toll
JOIN toll_corroborated AS r ON r.incident_id = d.incident_id AND r.toll = d.toll
JOIN toll_official_only AS o ON o.incident_id = d.incident_id AND o.toll = d.toll
WHERE d.n_voices > 0
