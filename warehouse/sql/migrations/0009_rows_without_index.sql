ALTER TABLE claim RENAME TO claim_before;
CREATE TABLE claim (
  claim_id VARCHAR NOT NULL,
  report_id VARCHAR NOT NULL,
  article_id VARCHAR NOT NULL,
  claim_type VARCHAR NOT NULL CHECK (claim_type IN ('casualties', 'responsibility', 'denial', 'reply')),
  effect VARCHAR CHECK (effect IN ('killed', 'injured', 'missing', 'abducted', 'casualties')),
  victim_group VARCHAR CHECK (victim_group IN ('all', 'children', 'women', 'civilians', 'security', 'attackers')),
  count_min BIGINT CHECK (count_min >= 0),
  count_best BIGINT CHECK (count_best >= 0),
  count_max BIGINT CHECK (count_max >= 0),
  quantifier VARCHAR CHECK (quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  denies VARCHAR CHECK (denies IN ('responsibility', 'targeting_civilians', 'civilian_harm', 'count')),
  accuses VARCHAR,
  is_general BOOLEAN,
  speaker VARCHAR,
  speaker_role VARCHAR,
  speaker_class VARCHAR NOT NULL CHECK (speaker_class IN ('emergency_service', 'medical', 'local_official', 'police', 'military', 'national_official', 'un_agency', 'ngo_monitor', 'armed_group', 'witness', 'state_media', 'media', 'narrator', 'unknown')),
  speaker_side VARCHAR,
  channel VARCHAR,
  speech_mode VARCHAR NOT NULL CHECK (speech_mode IN ('direct_quote', 'indirect', 'official_statement', 'social_post', 'narrator')),
  stance VARCHAR NOT NULL CHECK (stance IN ('asserts', 'confirms', 'denies', 'disputes_detail', 'partially_accepts', 'no_comment', 'retracts')),
  as_of TIMESTAMP WITH TIME ZONE NOT NULL,
  span_start BIGINT NOT NULL CHECK (span_start >= 0),
  span_end BIGINT NOT NULL CHECK (span_end >= 0),
  rule VARCHAR NOT NULL,
  confidence DOUBLE CHECK (confidence BETWEEN 0 AND 1),
  is_withheld BOOLEAN
);
INSERT INTO claim BY NAME SELECT * FROM claim_before;
DROP TABLE claim_before;

ALTER TABLE evidence RENAME TO evidence_before;
CREATE TABLE evidence (
  row_table VARCHAR NOT NULL CHECK (row_table IN ('report', 'claim')),
  row_id VARCHAR NOT NULL,
  column_name VARCHAR NOT NULL,
  article_id VARCHAR NOT NULL,
  span_start BIGINT NOT NULL CHECK (span_start >= 0),
  span_end BIGINT NOT NULL CHECK (span_end >= 0),
  quote VARCHAR NOT NULL,
  rule VARCHAR NOT NULL,
  confidence DOUBLE CHECK (confidence BETWEEN 0 AND 1),
  is_withheld BOOLEAN
);
INSERT INTO evidence BY NAME SELECT * FROM evidence_before;
DROP TABLE evidence_before;

ALTER TABLE incident_version RENAME TO incident_version_before;
CREATE TABLE incident_version (
  incident_id VARCHAR NOT NULL,
  valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
  valid_to TIMESTAMP WITH TIME ZONE,
  run_id VARCHAR NOT NULL,
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
  decided_columns VARCHAR[]
);
INSERT INTO incident_version BY NAME SELECT * FROM incident_version_before;
DROP TABLE incident_version_before;

ALTER TABLE toll_claim RENAME TO toll_claim_before;
CREATE TABLE toll_claim (
  statement_id VARCHAR NOT NULL,
  incident_id VARCHAR NOT NULL,
  report_id VARCHAR NOT NULL,
  article_id VARCHAR NOT NULL,
  claim_id VARCHAR,
  toll VARCHAR NOT NULL CHECK (toll IN ('killed', 'injured', 'missing', 'abducted', 'children_killed', 'children_injured', 'women_killed', 'civilians_killed', 'security_killed', 'attackers_killed')),
  count_min BIGINT CHECK (count_min >= 0),
  count_best BIGINT CHECK (count_best >= 0),
  count_max BIGINT CHECK (count_max >= 0),
  quantifier VARCHAR CHECK (quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  speaker VARCHAR,
  speaker_class VARCHAR NOT NULL CHECK (speaker_class IN ('emergency_service', 'medical', 'local_official', 'police', 'military', 'national_official', 'un_agency', 'ngo_monitor', 'armed_group', 'witness', 'state_media', 'media', 'narrator', 'unknown')),
  side VARCHAR,
  authority SMALLINT NOT NULL CHECK (authority BETWEEN 1 AND 6),
  family VARCHAR NOT NULL,
  is_other_side BOOLEAN NOT NULL,
  stated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  is_latest BOOLEAN NOT NULL,
  is_current BOOLEAN NOT NULL
);
INSERT INTO toll_claim BY NAME SELECT * FROM toll_claim_before;
DROP TABLE toll_claim_before;

ALTER TABLE incident_toll RENAME TO incident_toll_before;
CREATE TABLE incident_toll (
  incident_id VARCHAR NOT NULL,
  toll VARCHAR NOT NULL CHECK (toll IN ('killed', 'injured', 'missing', 'abducted', 'children_killed', 'children_injured', 'women_killed', 'civilians_killed', 'security_killed', 'attackers_killed')),
  count_min BIGINT CHECK (count_min >= 0),
  count_best BIGINT CHECK (count_best >= 0),
  count_max BIGINT CHECK (count_max >= 0),
  quantifier VARCHAR CHECK (quantifier IN ('exact', 'at_least', 'at_most', 'about', 'range', 'vague')),
  is_contested BOOLEAN NOT NULL,
  report_id VARCHAR NOT NULL,
  claim_id VARCHAR,
  words VARCHAR,
  decision_id VARCHAR
);
INSERT INTO incident_toll BY NAME SELECT * FROM incident_toll_before;
DROP TABLE incident_toll_before;
