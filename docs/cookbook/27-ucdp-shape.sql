-- In the columns of UCDP GED
-- How would the deadliest incidents look to a tool that reads GED files? `vigil export --shape ucdp-ged` writes them all.
SELECT year, country, where_coordinates, where_prec, date_start, date_prec, deaths_a, deaths_b, deaths_civilians, deaths_unknown, best, low, high
FROM export_ucdp_ged
ORDER BY best DESC NULLS LAST, where_coordinates
LIMIT 6
