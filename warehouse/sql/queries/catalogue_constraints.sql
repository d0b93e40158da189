SELECT table_name, constraint_type, constraint_text, constraint_column_names
FROM duckdb_constraints()
WHERE database_name = current_database() AND schema_name = 'main'
ORDER BY ALL
