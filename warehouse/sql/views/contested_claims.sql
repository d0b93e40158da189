-- kept as rows
-- Why a count is contested: one pair of statements that do not go together, the contesting one and the one that it contests.
-- @incident_id: incident
-- @toll: count that is contested
-- @why: same_time: two voices within three hours; says_fewer: a later, lower number (not a narrator's); other_side: a party to the
-- fighting counts the other side's dead and nobody else says as many; denied: the count is denied; exceeds_whole: a part (children,
-- soldiers) is larger than the whole, so one of the two is wrong and the part is withheld
-- @says: the contesting number as people write it; NULL: a denial
-- @speaker: who contests, in the text's words; NULL: the narrator
-- @speaker_class: class of source
-- @side: whom the speaker speaks for
-- @stated_at: when it was said (UTC)
-- @words: the words that state it; NULL: the report's own sum
-- @against_says: the contested number as people write it; NULL: none is left
-- @against_speaker: whose number it is; NULL: the narrator
-- @against_speaker_class: class of source
-- @against_stated_at: when it was said (UTC)
-- @against_words: the words that state it; NULL: the report's own sum
-- @url: address of the contesting article
-- @against_url: address of the contested article
-- @statement_id: the contesting statement: as casualty_claims has it, or the claim_id of a denial
-- @against_id: the contested statement, as casualty_claims has it
-- needs: count_label, casualty_claims
CREATE OR REPLACE VIEW contested_claims AS
WITH contested AS NOT MATERIALIZED (
    SELECT incident_id, toll, coalesce(claim_id, report_id || '/' || toll) AS best_id,
        coalesce(count_min, count_best, count_max) IS NULL AS is_withheld
    FROM incident_toll WHERE is_contested
),
voiced AS NOT MATERIALIZED (
    SELECT * EXCLUDE (is_other_side), is_other_side
        AND coalesce(max(top) FILTER (NOT is_other_side) OVER (PARTITION BY incident_id, toll), -1) < low AS is_uncorroborated
    FROM (
        SELECT t.incident_id, t.toll, t.statement_id, t.family, t.authority, t.stated_at, t.quantifier, t.is_other_side,
            coalesce(t.count_min, t.count_best, 0) AS low, coalesce(t.count_max, t.count_best, t.count_min) AS top,
            t.count_max IS NULL AND (t.count_best IS NULL OR coalesce(t.quantifier, 'exact') IN ('at_least', 'vague')) AS is_open
        FROM toll_claim AS t
        JOIN contested AS x ON x.incident_id = t.incident_id AND x.toll = t.toll
        WHERE t.is_current
    )
),
pair AS NOT MATERIALIZED (
    SELECT a.incident_id, a.toll,
        CASE
            WHEN a.is_uncorroborated OR b.is_uncorroborated THEN 'other_side'
            WHEN b.stated_at <= a.stated_at + INTERVAL 3 HOUR THEN 'same_time'
            ELSE 'says_fewer'
        END AS why,
        CASE WHEN a.is_uncorroborated AND NOT b.is_uncorroborated THEN a.statement_id ELSE b.statement_id END AS statement_id,
        CASE WHEN a.is_uncorroborated AND NOT b.is_uncorroborated THEN b.statement_id ELSE a.statement_id END AS against_id
    FROM voiced AS a
    JOIN voiced AS b ON b.incident_id = a.incident_id AND b.toll = a.toll AND b.family <> a.family
        AND (b.stated_at, b.statement_id) > (a.stated_at, a.statement_id)
        AND (b.low > a.top AND NOT a.is_open OR a.low > b.top AND NOT b.is_open)
        AND NOT ('about' IN (coalesce(a.quantifier, ''), coalesce(b.quantifier, '')) AND abs(a.low - b.low) * 10 <= greatest(a.low, b.low))
    WHERE a.is_uncorroborated OR b.is_uncorroborated OR b.stated_at <= a.stated_at + INTERVAL 3 HOUR
        OR (b.top < a.low AND b.authority < 6)
    UNION ALL
    SELECT x.incident_id, x.toll, 'exceeds_whole', x.best_id, coalesce(w.claim_id, w.report_id || '/' || w.toll)
    FROM contested AS x
    LEFT JOIN incident_toll AS w ON w.incident_id = x.incident_id
        AND w.toll = CASE WHEN x.toll = 'children_injured' THEN 'injured' ELSE 'killed' END
    WHERE x.is_withheld
)
SELECT p.incident_id, p.toll, p.why, count_label(s.count_min, s.count_best, s.count_max, s.quantifier) AS says, s.speaker, s.speaker_class,
    s.side, s.stated_at, s.words, count_label(o.count_min, o.count_best, o.count_max, o.quantifier) AS against_says,
    o.speaker AS against_speaker, o.speaker_class AS against_speaker_class, o.stated_at AS against_stated_at, o.words AS against_words,
    s.url, o.url AS against_url, p.statement_id, p.against_id
FROM pair AS p
JOIN casualty_claims AS s ON s.incident_id = p.incident_id AND s.statement_id = p.statement_id
LEFT JOIN casualty_claims AS o ON o.incident_id = p.incident_id AND o.statement_id = p.against_id
UNION ALL
SELECT x.incident_id, x.toll, 'denied', NULL, c.speaker, c.speaker_class, c.speaker_side, c.as_of,
    substring(a.text, c.span_start + 1, c.span_end - c.span_start), count_label(o.count_min, o.count_best, o.count_max, o.quantifier), o.speaker,
    o.speaker_class, o.stated_at, o.words, a.canonical_url, o.url, c.claim_id, x.best_id
FROM contested AS x
JOIN incident_report AS m ON m.incident_id = x.incident_id AND m.is_counted
JOIN claim AS c ON c.report_id = m.report_id
JOIN article AS a ON a.article_id = c.article_id
LEFT JOIN casualty_claims AS o ON o.incident_id = x.incident_id AND o.statement_id = x.best_id
WHERE c.claim_type = 'denial' AND c.denies = 'count' AND c.stance = 'denies' AND NOT coalesce(c.is_general, false)
    AND x.toll = CASE WHEN coalesce(c.victim_group, 'all') = 'all' THEN coalesce(nullif(c.effect, 'casualties'), 'killed')
        WHEN c.effect = 'injured' THEN 'children_injured' ELSE c.victim_group || '_killed' END
