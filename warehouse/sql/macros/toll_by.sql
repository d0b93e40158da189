-- needs: toll_alternatives
-- The tolls by one resolver, by its name: default, latest, min_max, conservative, corroborated or official_only.
-- $resolver_name: name of the resolver; any other name is an error that lists them
-- example: FROM toll_by('official_only') WHERE toll = 'killed'
CREATE OR REPLACE MACRO toll_by(resolver_name) AS TABLE
SELECT * FROM toll_alternatives
WHERE resolver = CASE
    WHEN resolver_name IN ('default', 'latest', 'min_max', 'conservative', 'corroborated', 'official_only') THEN resolver_name
    ELSE error('toll_by: there is no resolver ''' || coalesce(CAST(resolver_name AS VARCHAR), 'NULL')
        || '''; choose default, latest, min_max, conservative, corroborated or official_only')
END
