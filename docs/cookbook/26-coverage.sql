-- What each outlet brought
-- How many articles did each outlet publish, how many report an incident, and how many copy another outlet?
SELECT outlet, sum(n_articles) AS articles, sum(n_incident_articles) AS on_incidents, sum(n_copies) AS copies, sum(n_not_read) AS not_read
FROM coverage
GROUP BY outlet
ORDER BY articles DESC, outlet
