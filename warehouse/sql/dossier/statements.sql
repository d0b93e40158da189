-- What is said of it beside numbers: who did it, who denies what, who accuses whom.
SELECT c.claim_type, c.denies, c.accuses, c.is_general, c.speaker, c.speaker_role, c.speaker_class, c.speaker_side, c.channel, c.speech_mode,
    c.stance, c.as_of, substring(a.text, c.span_start + 1, c.span_end - c.span_start) AS words, a.outlet, a.canonical_url AS url
FROM incident_report AS m
JOIN claim AS c USING (report_id)
JOIN article AS a ON a.article_id = c.article_id
WHERE m.incident_id = $incident_id AND c.claim_type <> 'casualties' AND NOT coalesce(m.is_superseded OR m.is_copy, false)
ORDER BY c.claim_type, c.as_of, a.canonical_url, c.span_start
