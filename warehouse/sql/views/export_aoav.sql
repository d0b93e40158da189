-- needs: countries
-- not mirrored
-- Incidents of explosive violence in the terms of Action on Armed Violence's Explosive Violence Monitor: what its methodology records
-- of an incident. These are NOT AOAV data. As there: explosive weapons only, at least one person killed or injured, one day; left-over
-- ordnance (uxo) is left out. AOAV publishes no file layout, so the column names are ours.
-- @incident_id: stable id
-- @date: day of the incident
-- @time_of_day: night, morning, afternoon or evening, as the text says it
-- @country: English name; the ISO 3166-1 alpha-3 code where the lexicon has no name
-- @region: admin1
-- @location: place
-- @latitude: latitude, WGS 84
-- @longitude: longitude, WGS 84
-- @weapon_category: air-launched, ground-launched, directly emplaced, naval or unclear, from launch_method and weapon_class; NULL:
-- nothing says so
-- @weapon_type: AOAV's word for weapon_class; "Explosive (unclear)" where the text names none
-- @suicide_attack: Yes: the attacker meant to die; No: the text says not; NULL: nothing says so
-- @perpetrator_status: State, Non-state or Unknown, from perpetrator_kind
-- @perpetrator: as the texts name it: a statement, no verdict
-- @attribution: how responsibility is stated
-- @target: AOAV's words for target_class, divided by semicolons; the location type there
-- @populated_area: Yes: one of the targets is a place where civilians gather or live; NULL: the targets do not tell
-- @civilians_killed: killed less security_killed: AOAV takes people for civilians unless the text says otherwise
-- @civilians_injured: injured, by the same rule; NULL where soldiers or police were the target: Vigil does not split the injured
-- @armed_actors_killed: security_killed: soldiers, police and other forces; perpetrators who died are in attackers_killed
-- @attackers_killed: perpetrators killed, a suicide bomber among them
-- @total_killed: killed, best number, without perpetrators
-- @total_injured: injured, best number
-- @women_killed: women among the killed; NULL: not stated
-- @children_killed: children among the killed; NULL: not stated
-- @children_injured: children among the injured; NULL: not stated
-- @contested: counts on which speakers contradict each other, divided by semicolons
-- @sources: addresses of the articles, divided by spaces
CREATE OR REPLACE VIEW export_aoav AS
SELECT i.incident_id, i.event_date_start AS date, i.time_of_day, coalesce(n.name, i.country_iso3) AS country, i.admin1 AS region,
    i.place AS location, i.latitude, i.longitude,
    CASE i.launch_method
        WHEN 'air_launched' THEN 'air-launched' WHEN 'ground_launched' THEN 'ground-launched'
        WHEN 'directly_emplaced' THEN 'directly emplaced' WHEN 'naval' THEN 'naval' WHEN 'unclear' THEN 'unclear'
    END AS weapon_category,
    coalesce(MAP {
        'missile_ballistic': 'Missile', 'missile_cruise': 'Missile', 'missile_other': 'Missile', 'rocket': 'Rocket',
        'air_strike_unspecified': 'Air strike (unspecified)', 'air_bomb': 'Air-dropped bomb', 'drone_attack_loitering': 'Air strike / drone',
        'drone_dropped': 'Air-dropped (drone)', 'artillery_shell': 'Artillery shell', 'mortar': 'Mortar', 'tank_fire': 'Tank shell',
        'grenade': 'Grenade', 'ied_roadside': 'IED (roadside)', 'ied_vehicle': 'IED (car bomb)', 'suicide_vest': 'IED (suicide)',
        'landmine': 'Mine'
    }[i.weapon_class], 'Explosive (unclear)') AS weapon_type,
    CASE WHEN i.suicide THEN 'Yes' WHEN NOT i.suicide THEN 'No' END AS suicide_attack,
    CASE
        WHEN i.perpetrator_kind IN ('state', 'state_military', 'state_police', 'peacekeepers') THEN 'State'
        WHEN i.perpetrator_kind IS NULL OR i.perpetrator_kind = 'unidentified' THEN 'Unknown'
        ELSE 'Non-state'
    END AS perpetrator_status,
    i.perpetrator, i.attribution,
    array_to_string(list_transform(i.target_class, lambda t: coalesce(MAP {
        'residential': 'Urban residential', 'displacement_camp': 'Encampment', 'school': 'School', 'vehicle_bus': 'Public transport',
        'hospital_medical': 'Hospital', 'market': 'Market', 'place_of_worship': 'Place of worship',
        'entertainment_public': 'Entertainment / public gathering', 'energy_infrastructure': 'Public building',
        'water_infrastructure': 'Public building', 'transport_station': 'Transport-related infrastructure', 'road_convoy': 'Road',
        'aid_humanitarian': 'Humanitarian infrastructure', 'government_building': 'Public building', 'police': 'Police station',
        'military': 'Armed base', 'media_journalist': 'Media-related infrastructure', 'agricultural': 'Agricultural',
        'industrial': 'Commercial premises', 'port': 'Dockyard', 'airport': 'Airport', 'hotel': 'Hotel', 'embassy': 'Public building'
    }[t], 'Multiple / unspecified')), ';') AS target,
    CASE WHEN list_has_any(i.target_class, ['residential', 'displacement_camp', 'school', 'hospital_medical', 'market',
        'place_of_worship', 'entertainment_public', 'hotel']) THEN 'Yes' END AS populated_area,
    greatest(i.killed_best - coalesce(i.security_killed_best, 0), 0) AS civilians_killed,
    CASE WHEN NOT coalesce(list_has_any(i.target_class, ['military', 'police']), false) THEN i.injured_best END AS civilians_injured,
    i.security_killed_best AS armed_actors_killed, i.attackers_killed_best AS attackers_killed, i.killed_best AS total_killed,
    i.injured_best AS total_injured, i.women_killed_best AS women_killed, i.children_killed_best AS children_killed,
    i.children_injured_best AS children_injured, array_to_string(i.contested, ';') AS contested, s.urls AS sources
FROM incident AS i
LEFT JOIN countries AS n ON n.iso3 = i.country_iso3
LEFT JOIN (
    SELECT m.incident_id, array_to_string(list_sort(list_distinct(list(a.canonical_url))), ' ') AS urls
    FROM incident_report AS m JOIN report AS r USING (report_id) JOIN article AS a ON a.article_id = r.article_id
    GROUP BY m.incident_id
) AS s ON s.incident_id = i.incident_id
WHERE i.event_class LIKE 'explosive.%' AND i.weapon_class IS DISTINCT FROM 'uxo' AND i.date_precision = 1
    AND greatest(i.killed_min, i.killed_best, i.injured_min, i.injured_best) >= 1
