-- kept as rows
-- Who says which number: one count by one speaker about one incident, with the words. Claims, not verdicts.
-- @incident_id: incident
-- @toll: what is counted: killed, injured, children_killed ...
-- @stated_at: when it was said (UTC)
-- @count_min: lowest number
-- @count_best: best number; NULL: only vague
-- @count_max: highest number; NULL: open above
-- @quantifier: how the number is qualified
-- @speaker: who says it, in the text's words; NULL: the narrator
-- @speaker_role: office or function
-- @speaker_class: class of source
-- @side: whom the speaker speaks for
-- @authority: rank in the default toll rule, 1 highest
-- @voice: who stands behind the number: one body, one named speaker or one text; a voice counts once
-- @is_other_side: a party to the fighting counts the other side's dead
-- @is_latest: the voice's last word on it
-- @is_current: used for the toll now; false: overtaken by the speaker's later word, older than a day, a copy
-- @stance: what the speaker does with the number; NULL: the report's own sum
-- @words: the words that state it; NULL: the report's own sum
-- @outlet: publisher domain
-- @url: address of the article
-- @report_id: report
-- @claim_id: claim; NULL: the report's own sum
-- @statement_id: claim_id, or report and toll for a sum; what `rests_on` of the tolls names
CREATE OR REPLACE VIEW casualty_claims AS
SELECT t.incident_id, t.toll, t.stated_at, t.count_min, t.count_best, t.count_max, t.quantifier, t.speaker, c.speaker_role,
    t.speaker_class, t.side, t.authority, t.family AS voice, t.is_other_side, t.is_latest, t.is_current, c.stance,
    substring(a.text, c.span_start + 1, c.span_end - c.span_start) AS words,
    a.outlet, a.canonical_url AS url, t.report_id, t.claim_id, t.statement_id
FROM toll_claim AS t
JOIN article AS a USING (article_id)
LEFT JOIN claim AS c ON c.claim_id = t.claim_id
