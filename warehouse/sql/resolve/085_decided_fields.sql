-- Fields that a person set. Another place takes the rule's coordinates away: they are those of a place that it is not.
UPDATE resolve_state SET decided_columns = [];

UPDATE resolve_state AS s SET
    event_date_start = CASE WHEN map_contains(d.m, 'event_date_start') THEN CAST(d.m['event_date_start'] AS DATE)
        ELSE least(s.event_date_start, CAST(d.m['event_date_end'] AS DATE)) END,
    event_date_end = CASE WHEN map_contains(d.m, 'event_date_end') THEN CAST(d.m['event_date_end'] AS DATE)
        ELSE greatest(s.event_date_end, CAST(d.m['event_date_start'] AS DATE)) END,
    date_precision = CASE WHEN map_contains(d.m, 'date_precision') THEN CAST(d.m['date_precision'] AS SMALLINT) ELSE s.date_precision END,
    time_of_day = CASE WHEN map_contains(d.m, 'time_of_day') THEN d.m['time_of_day'] ELSE s.time_of_day END,
    country_iso3 = CASE WHEN map_contains(d.m, 'country_iso3') THEN d.m['country_iso3'] ELSE s.country_iso3 END,
    admin1 = CASE WHEN map_contains(d.m, 'admin1') THEN d.m['admin1'] ELSE s.admin1 END,
    place = CASE WHEN map_contains(d.m, 'place') THEN d.m['place'] ELSE s.place END,
    latitude = CASE WHEN map_contains(d.m, 'latitude') THEN CAST(d.m['latitude'] AS DOUBLE) WHEN d.moves THEN NULL ELSE s.latitude END,
    longitude = CASE WHEN map_contains(d.m, 'longitude') THEN CAST(d.m['longitude'] AS DOUBLE) WHEN d.moves THEN NULL ELSE s.longitude END,
    geonameid = CASE WHEN map_contains(d.m, 'geonameid') THEN CAST(d.m['geonameid'] AS BIGINT) WHEN d.moves THEN NULL ELSE s.geonameid END,
    geo_precision = CASE WHEN map_contains(d.m, 'geo_precision') THEN CAST(d.m['geo_precision'] AS SMALLINT) ELSE s.geo_precision END,
    place_alternatives = CASE WHEN d.moves THEN NULL ELSE s.place_alternatives END,
    event_class = CASE WHEN map_contains(d.m, 'event_class') THEN d.m['event_class'] ELSE s.event_class END,
    weapon_class = CASE WHEN map_contains(d.m, 'weapon_class') THEN d.m['weapon_class'] ELSE s.weapon_class END,
    weapon_system = CASE WHEN map_contains(d.m, 'weapon_system') THEN d.m['weapon_system'] ELSE s.weapon_system END,
    launch_method = CASE WHEN map_contains(d.m, 'launch_method') THEN d.m['launch_method'] ELSE s.launch_method END,
    suicide = CASE WHEN map_contains(d.m, 'suicide') THEN CAST(d.m['suicide'] AS BOOLEAN) ELSE s.suicide END,
    target_class = CASE WHEN map_contains(d.m, 'target_class') THEN string_split(d.m['target_class'], ';') ELSE s.target_class END,
    perpetrator = CASE WHEN map_contains(d.m, 'perpetrator') THEN d.m['perpetrator'] ELSE s.perpetrator END,
    perpetrator_kind = CASE WHEN map_contains(d.m, 'perpetrator_kind') THEN d.m['perpetrator_kind'] ELSE s.perpetrator_kind END,
    attribution = CASE WHEN map_contains(d.m, 'attribution') THEN d.m['attribution'] ELSE s.attribution END,
    victim_side = CASE WHEN map_contains(d.m, 'victim_side') THEN d.m['victim_side'] ELSE s.victim_side END,
    toll_rule = CASE WHEN s.incident_id IN (SELECT incident_id FROM resolve_decided_toll) THEN s.toll_rule || ', decision' ELSE s.toll_rule END,
    decided_columns = d.names
FROM (
    SELECT incident_id, map_from_entries(list((column_name, value))) AS m, list_sort(list(column_name)) AS names,
        bool_or(column_name IN ('country_iso3', 'place', 'geonameid', 'latitude', 'longitude')) AS moves
    FROM resolve_decided GROUP BY incident_id
) AS d
WHERE d.incident_id = s.incident_id;
