-- not mirrored
-- How a count moved, when, and who moved it: one row each time that the default toll of what was said until then became another
-- number. The default rule is applied anew at the time of every statement, so the last move is the incident's toll of now. A copy
-- never moves a count. Order by moved_at.
-- @incident_id: incident
-- @toll: what is counted: killed, injured, children_killed ...
-- @step: 1 for the first number, 2 for the next ...
-- @moved_at: when it was said (UTC)
-- @count_min: lowest number of the statement
-- @count_best: best number of the statement; NULL: only vague
-- @count_max: highest number of the statement; NULL: open above
-- @quantifier: how the number is qualified
-- @previous: the number before; NULL: the first one
-- @kind: first; revision: the same voice later, a higher authority later, a higher number more than three hours later, or a number
-- that the former one allows ("at least 12", then 16); contradiction: another voice says otherwise at the same time (within three
-- hours), or later says fewer
-- @speaker: who moved it, in the text's words; NULL: the narrator
-- @speaker_class: class of source
-- @side: whom the speaker speaks for
-- @outlet: publisher domain
-- @url: address of the article
-- @words: the words that state it; NULL: the report's own sum
-- @statement_id: the statement, as casualty_claims has it
-- Every step is a window over the statements of one count, never a join: a condition on incident_id reaches the tables.
CREATE OR REPLACE VIEW toll_moves AS
WITH said AS (
    SELECT t.incident_id, t.toll, t.stated_at, {
            statement_id: t.statement_id, article_id: t.article_id, report_id: t.report_id, claim_id: t.claim_id, family: t.family,
            authority: t.authority, speaker: t.speaker, speaker_class: t.speaker_class, side: t.side, stated_at: t.stated_at,
            is_other_side: t.is_other_side, count_min: t.count_min, count_best: t.count_best, count_max: t.count_max,
            quantifier: t.quantifier, low: coalesce(t.count_min, t.count_best, 0), top: coalesce(t.count_max, t.count_best, t.count_min),
            is_open: t.count_max IS NULL AND (t.count_best IS NULL OR coalesce(t.quantifier, 'exact') IN ('at_least', 'vague')),
            is_dated: a.published_at IS NOT NULL, is_retraction: coalesce(c.stance, 'asserts') = 'retracts', fetched_at: a.fetched_at,
            url: a.canonical_url, outlet: a.outlet, span_start: c.span_start, span_end: c.span_end,
            is_own: t.claim_id IS NULL OR (t.count_best, t.count_min) IS NOT DISTINCT FROM CASE t.toll
                WHEN 'killed' THEN (r.killed_best, r.killed_min) WHEN 'injured' THEN (r.injured_best, r.injured_min)
                WHEN 'missing' THEN (r.missing_best, r.missing_min) WHEN 'abducted' THEN (r.abducted_best, r.abducted_min)
                WHEN 'children_killed' THEN (r.children_killed_best, r.children_killed_min)
                WHEN 'children_injured' THEN (r.children_injured_best, r.children_injured_min)
                WHEN 'women_killed' THEN (r.women_killed_best, r.women_killed_min)
                WHEN 'civilians_killed' THEN (r.civilians_killed_best, r.civilians_killed_min)
                WHEN 'security_killed' THEN (r.security_killed_best, r.security_killed_min)
                WHEN 'attackers_killed' THEN (r.attackers_killed_best, r.attackers_killed_min)
            END
        } AS s
    FROM toll_claim AS t
    JOIN incident_report AS m USING (report_id)
    JOIN report AS r USING (report_id)
    JOIN article AS a ON a.article_id = t.article_id
    LEFT JOIN claim AS c ON c.claim_id = t.claim_id
    WHERE NOT m.is_copy
),
known AS (  -- what had been said at each moment
    SELECT incident_id, toll, moved_at, unnest(said_so_far) AS s
    FROM (
        SELECT incident_id, toll, stated_at AS moved_at, list(s) OVER (PARTITION BY incident_id, toll ORDER BY stated_at) AS said_so_far
        FROM said
        QUALIFY row_number() OVER (PARTITION BY incident_id, toll, stated_at) = 1
    )
),
newest AS (  -- a changed article replaces its earlier version from then on
    SELECT * FROM known QUALIFY s.fetched_at = max(s.fetched_at) OVER (PARTITION BY incident_id, toll, moved_at, s.url)
),
latest AS (  -- a text without a date speaks only where no dated text does
    SELECT incident_id, toll, moved_at, s, coalesce(
            max(s.stated_at) FILTER (s.is_dated AND s.count_best IS NOT NULL) OVER counted,
            max(s.stated_at) FILTER (s.is_dated) OVER counted,
            max(s.stated_at) OVER counted
        ) AS newest_at
    FROM newest
    WINDOW counted AS (PARTITION BY incident_id, toll, moved_at)
    QUALIFY (s.is_dated OR NOT bool_or(s.is_dated) OVER counted) AND row_number() OVER (
        PARTITION BY incident_id, toll, moved_at, s.family
        ORDER BY s.is_dated DESC, s.stated_at DESC, s.is_own DESC, coalesce(s.count_best, s.count_min) DESC NULLS LAST, s.claim_id, s.report_id
    ) = 1
),
weighed AS (
    SELECT incident_id, toll, moved_at, s, s.is_other_side
        AND coalesce(max(s.top) FILTER (NOT s.is_other_side) OVER counted, -1) < s.low AS is_uncorroborated,
        list({authority: s.authority, stated_at: s.stated_at, low: s.low, is_other_side: s.is_other_side}) OVER counted AS voices
    FROM latest
    WHERE NOT s.is_retraction AND s.stated_at >= newest_at - INTERVAL 24 HOUR AND s.top IS NOT NULL
    WINDOW counted AS (PARTITION BY incident_id, toll, moved_at)
),
overtaken AS (  -- by a later, higher word: of authority, or of two voices
    SELECT *, len(higher) >= 2 OR len(list_filter(higher, lambda o: o.authority <= greatest(s.authority, 3))) > 0 AS is_overtaken
    FROM (
        SELECT *, list_filter(voices, lambda o: NOT o.is_other_side AND o.stated_at > s.stated_at AND o.low > s.top) AS higher
        FROM weighed
    )
),
foremost AS (
    SELECT incident_id, toll, moved_at, s, coalesce(s.count_best, s.count_min, s.count_max) AS number
    FROM overtaken
    QUALIFY row_number() OVER (
        PARTITION BY incident_id, toll, moved_at
        ORDER BY is_uncorroborated, s.count_best IS NULL, is_overtaken, s.authority, s.stated_at DESC, s.count_best DESC, s.claim_id,
            s.report_id
    ) = 1
),
move AS (
    SELECT *, lag(s) OVER history AS b, lag(number) OVER history AS previous
    FROM foremost
    WINDOW history AS (PARTITION BY incident_id, toll ORDER BY moved_at)
    QUALIFY number IS DISTINCT FROM lag(number) OVER history
)
SELECT m.incident_id, m.toll, row_number() OVER (PARTITION BY m.incident_id, m.toll ORDER BY m.moved_at) AS step, m.moved_at,
    s.count_min AS count_min, s.count_best AS count_best, s.count_max AS count_max, s.quantifier AS quantifier, m.previous,
    CASE
        WHEN b IS NULL THEN 'first'
        WHEN s.family = b.family OR (s.stated_at > b.stated_at AND s.authority < b.authority) THEN 'revision'
        WHEN s.low <= b.top AND s.top >= b.low THEN 'revision'
        WHEN (b.is_open AND s.low >= b.low) OR (s.is_open AND s.low <= b.low) THEN 'revision'
        WHEN s.stated_at > b.stated_at + INTERVAL 3 HOUR AND s.low > b.top THEN 'revision'
        ELSE 'contradiction'
    END AS kind,
    s.speaker AS speaker, s.speaker_class AS speaker_class, s.side AS side, s.outlet AS outlet, s.url AS url,
    substring(a.text, s.span_start + 1, s.span_end - s.span_start) AS words, s.statement_id AS statement_id
FROM move AS m
JOIN article AS a ON a.article_id = m.s.article_id
