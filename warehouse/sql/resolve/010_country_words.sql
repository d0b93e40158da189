-- Words that name a country, one a row, from the view countries. Kept for the connection.
CREATE TEMP TABLE IF NOT EXISTS resolve_country_word AS
SELECT iso2, iso3, unnest(words) AS word FROM countries;
