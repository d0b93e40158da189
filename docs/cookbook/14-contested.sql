-- Contested counts, and by whom
-- Where do speakers contradict each other, and with which words?
SELECT i.place, c.toll, c.why, c.says, coalesce(c.speaker, c.speaker_class) AS who, c.against_says AS against,
    coalesce(c.against_speaker, c.against_speaker_class) AS whose, c.words
FROM contested_claims AS c JOIN incidents AS i USING (incident_id)
ORDER BY i.place, c.toll, c.stated_at, c.says, whose, c.against_words
