-- Children among the dead
-- Where were children killed, and what part of the dead were they?
SELECT date, place, children_killed, killed, round(100.0 * children_killed / killed) AS percent, contested
FROM incidents
WHERE children_killed > 0
ORDER BY children_killed DESC, date, place
