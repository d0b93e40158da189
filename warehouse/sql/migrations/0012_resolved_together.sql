ALTER TABLE incident RENAME TO incident_before;
CREATE TABLE incident (
  incident_id VARCHAR NOT NULL,
  event_date_start DATE,
  event_date_end DATE,
  date_precision SMALLINT CHECK (date_precision IN (1, 2, 3, 4, 5, 9)),
  time_of_day VARCHAR CHECK (time_of_day IN ('night', 'morning', 'afternoon', 'evening')),
  country_iso3 VARCHAR,
  admin1 VARCHAR,
  place VARCHAR,
  latitude DOUBLE CHECK (latitude BETWEEN -90 AND 90),
  longitude DOUBLE CHECK (longitude BETWEEN -180 AND 180),
  geonameid BIGINT,
  geo_precision SMALLINT CHECK (geo_precision IN (1, 2, 3, 4, 5, 6, 7)),
  place_alternatives VARCHAR,
  event_class VARCHAR CHECK (event_class IN ('explosive.missile_or_rocket', 'explosive.artillery_mortar', 'explosive.air_strike', 'explosive.drone_strike', 'explosive.ied', 'explosive.vehicle_ied', 'explosive.suicide', 'explosive.landmine_uxo', 'explosive.grenade', 'firearms.attack', 'clash.armed', 'killing.targeted', 'killing.execution', 'killing.mass', 'abduction', 'sexual_violence', 'melee_vehicle_arson', 'crowd.violent', 'chemical_or_unconventional', 'interception', 'property_destruction', 'other')),
  weapon_class VARCHAR CHECK (weapon_class IN ('missile_ballistic', 'missile_cruise', 'missile_other', 'air_strike_unspecified', 'air_bomb', 'arson_incendiary', 'drone_attack_loitering', 'other_explosive', 'drone_dropped', 'artillery_shell', 'rocket', 'mortar', 'tank_fire', 'grenade', 'ied_roadside', 'ied_vehicle', 'suicide_vest', 'landmine', 'uxo', 'small_arms', 'sniper', 'knife_blade', 'vehicle_ramming', 'chemical', 'unarmed')),
  weapon_system VARCHAR,
  launch_method VARCHAR CHECK (launch_method IN ('ground_launched', 'air_launched', 'naval', 'directly_emplaced', 'unclear')),
  suicide BOOLEAN,
  target_class VARCHAR[] CHECK (list_has_all(['residential', 'displacement_camp', 'school', 'vehicle_bus', 'hospital_medical', 'market', 'place_of_worship', 'entertainment_public', 'energy_infrastructure', 'water_infrastructure', 'transport_station', 'road_convoy', 'aid_humanitarian', 'government_building', 'police', 'military', 'media_journalist', 'agricultural', 'industrial', 'port', 'airport', 'hotel', 'embassy', 'other'], target_class)),
  perpetrator VARCHAR,
  perpetrator_kind VARCHAR CHECK (perpetrator_kind IN ('state', 'state_military', 'state_police', 'paramilitary', 'non_state_armed_group', 'private_military', 'militia', 'peacekeepers', 'cartel_or_gang', 'individual', 'unidentified')),
  attribution VARCHAR CHECK (attribution IN ('claimed', 'accepted_and_justified', 'blamed', 'blamed_and_denied', 'contested', 'unattributed')),
  victim_side VARCHAR,
  killed_min BIGINT CHECK (killed_min BETWEEN 0 AND 1000000),
  killed_best BIGINT CHECK (killed_best BETWEEN 0 AND 1000000),
  killed_max BIGINT CHECK (killed_max BETWEEN 0 AND 1000000),
  killed_quantifier VARCHAR CHECK (killed_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  injured_min BIGINT CHECK (injured_min BETWEEN 0 AND 1000000),
  injured_best BIGINT CHECK (injured_best BETWEEN 0 AND 1000000),
  injured_max BIGINT CHECK (injured_max BETWEEN 0 AND 1000000),
  injured_quantifier VARCHAR CHECK (injured_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  missing_min BIGINT CHECK (missing_min BETWEEN 0 AND 1000000),
  missing_best BIGINT CHECK (missing_best BETWEEN 0 AND 1000000),
  missing_max BIGINT CHECK (missing_max BETWEEN 0 AND 1000000),
  missing_quantifier VARCHAR CHECK (missing_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  abducted_min BIGINT CHECK (abducted_min BETWEEN 0 AND 1000000),
  abducted_best BIGINT CHECK (abducted_best BETWEEN 0 AND 1000000),
  abducted_max BIGINT CHECK (abducted_max BETWEEN 0 AND 1000000),
  abducted_quantifier VARCHAR CHECK (abducted_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  children_killed_min BIGINT CHECK (children_killed_min BETWEEN 0 AND 1000000),
  children_killed_best BIGINT CHECK (children_killed_best BETWEEN 0 AND 1000000),
  children_killed_max BIGINT CHECK (children_killed_max BETWEEN 0 AND 1000000),
  children_killed_quantifier VARCHAR CHECK (children_killed_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  children_injured_min BIGINT CHECK (children_injured_min BETWEEN 0 AND 1000000),
  children_injured_best BIGINT CHECK (children_injured_best BETWEEN 0 AND 1000000),
  children_injured_max BIGINT CHECK (children_injured_max BETWEEN 0 AND 1000000),
  children_injured_quantifier VARCHAR CHECK (children_injured_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  women_killed_min BIGINT CHECK (women_killed_min BETWEEN 0 AND 1000000),
  women_killed_best BIGINT CHECK (women_killed_best BETWEEN 0 AND 1000000),
  women_killed_max BIGINT CHECK (women_killed_max BETWEEN 0 AND 1000000),
  women_killed_quantifier VARCHAR CHECK (women_killed_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  civilians_killed_min BIGINT CHECK (civilians_killed_min BETWEEN 0 AND 1000000),
  civilians_killed_best BIGINT CHECK (civilians_killed_best BETWEEN 0 AND 1000000),
  civilians_killed_max BIGINT CHECK (civilians_killed_max BETWEEN 0 AND 1000000),
  civilians_killed_quantifier VARCHAR CHECK (civilians_killed_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  security_killed_min BIGINT CHECK (security_killed_min BETWEEN 0 AND 1000000),
  security_killed_best BIGINT CHECK (security_killed_best BETWEEN 0 AND 1000000),
  security_killed_max BIGINT CHECK (security_killed_max BETWEEN 0 AND 1000000),
  security_killed_quantifier VARCHAR CHECK (security_killed_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  attackers_killed_min BIGINT CHECK (attackers_killed_min BETWEEN 0 AND 1000000),
  attackers_killed_best BIGINT CHECK (attackers_killed_best BETWEEN 0 AND 1000000),
  attackers_killed_max BIGINT CHECK (attackers_killed_max BETWEEN 0 AND 1000000),
  attackers_killed_quantifier VARCHAR CHECK (attackers_killed_quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  toll_rule VARCHAR NOT NULL,
  n_reports BIGINT NOT NULL CHECK (n_reports >= 1),
  n_sources BIGINT NOT NULL CHECK (n_sources >= 1),
  n_independent_sources BIGINT NOT NULL CHECK (n_independent_sources >= 1),
  contested VARCHAR[],
  decided_columns VARCHAR[],
  first_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  resolved_at TIMESTAMP WITH TIME ZONE NOT NULL
);
INSERT INTO incident BY NAME SELECT * FROM incident_before ORDER BY resolved_at;
DROP TABLE incident_before;

ALTER TABLE incident_report RENAME TO incident_report_before;
CREATE TABLE incident_report (
  report_id VARCHAR NOT NULL,
  as_of TIMESTAMP WITH TIME ZONE NOT NULL,
  incident_id VARCHAR NOT NULL,
  resolved_at TIMESTAMP WITH TIME ZONE NOT NULL,
  score DOUBLE NOT NULL CHECK (score BETWEEN 0 AND 1),
  reasons VARCHAR NOT NULL,
  decided_by VARCHAR NOT NULL CHECK (decided_by IN ('rule', 'human')),
  is_counted BOOLEAN,
  is_copy BOOLEAN,
  is_superseded BOOLEAN,
  text_family VARCHAR,
  stated_at TIMESTAMP WITH TIME ZONE
);
INSERT INTO incident_report BY NAME
SELECT m.*, coalesce(i.resolved_at, to_timestamp(0)) AS resolved_at  -- the check no_orphans finds one without an incident
FROM incident_report_before AS m LEFT JOIN incident AS i USING (incident_id)
ORDER BY as_of;
DROP TABLE incident_report_before;

ALTER TABLE match_queue RENAME TO match_queue_before;
CREATE TABLE match_queue (
  article_id VARCHAR NOT NULL,
  as_of TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (article_id)
);
INSERT INTO match_queue BY NAME
SELECT q.*, coalesce(a.published_at, a.fetched_at, to_timestamp(0)) AS as_of FROM match_queue_before AS q LEFT JOIN article AS a USING (article_id);
DROP TABLE match_queue_before;
