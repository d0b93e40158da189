-- Parties that count the other side's dead
-- Which numbers come from a party to the fighting about the other side, and does the toll follow them?
SELECT i.place, c.speaker, c.side, c.toll, count_label(c.count_min, c.count_best, c.count_max, c.quantifier) AS says,
    t.count_best AS toll_says, c.words
FROM casualty_claims AS c
JOIN incidents AS i USING (incident_id)
LEFT JOIN incident_toll AS t ON t.incident_id = c.incident_id AND t.toll = c.toll
WHERE c.is_other_side
ORDER BY i.place, c.toll, c.stated_at, c.words
