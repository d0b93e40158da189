-- Names of publishers, by which texts call them.
SELECT DISTINCT publisher FROM (SELECT publisher FROM outlet UNION ALL SELECT publisher FROM feed) WHERE publisher IS NOT NULL ORDER BY publisher
