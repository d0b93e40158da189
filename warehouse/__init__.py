"""The only place that knows DuckDB and files: tables, batches, the toll of an incident, checks, the published file.

`seeds` and `gazetteer` read the package's own data; they and this module start without DuckDB.
"""
