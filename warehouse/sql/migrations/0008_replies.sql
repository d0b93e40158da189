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
  is_withheld BOOLEAN,
  PRIMARY KEY (claim_id)
);
INSERT INTO claim BY NAME SELECT * FROM claim_before;
DROP TABLE claim_before;
