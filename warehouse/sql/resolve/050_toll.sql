-- The toll of each touched incident: last words in, one range out. docs/decisions/0003-toll-resolver.md tells the rule.
CREATE OR REPLACE TEMP TABLE resolve_weighed AS
WITH ranged AS MATERIALIZED (
    SELECT *, coalesce(count_min, count_best, 0) AS low, coalesce(count_max, count_best, count_min) AS top,
        count_max IS NULL AND (count_best IS NULL OR coalesce(quantifier, 'exact') IN ('at_least', 'vague')) AS is_open
    FROM resolve_claim
    WHERE is_current
)
SELECT c.*, c.is_other_side AND NOT EXISTS (
    FROM ranged AS o
    WHERE o.incident_id = c.incident_id AND o.toll = c.toll AND o.family <> c.family AND NOT o.is_other_side
        AND (o.top >= c.low OR o.is_open AND o.low >= c.low)
) AS is_uncorroborated
FROM ranged AS c;

-- A later, higher count overtakes an earlier one: a toll that grows is a history.
CREATE OR REPLACE TEMP TABLE resolve_judged AS
SELECT c.*,
    coalesce((
        SELECT bool_or(o.authority <= greatest(c.authority, 3)) OR count(DISTINCT o.family) >= 2
        FROM resolve_weighed AS o
        WHERE o.incident_id = c.incident_id AND o.toll = c.toll AND o.family <> c.family AND NOT o.is_other_side
            AND o.stated_at > c.stated_at AND o.low > coalesce(c.count_max, c.count_best, c.count_min)
    ), false) AS is_overtaken
FROM resolve_weighed AS c;

CREATE OR REPLACE TEMP TABLE resolve_contradicted AS
SELECT DISTINCT a.incident_id, a.toll
FROM resolve_judged AS a
JOIN resolve_judged AS b ON b.incident_id = a.incident_id AND b.toll = a.toll AND b.family <> a.family AND b.stated_at >= a.stated_at
    AND (b.low > a.top AND NOT a.is_open OR a.low > b.top AND NOT b.is_open)
    AND NOT ('about' IN (a.quantifier, b.quantifier) AND abs(a.low - b.low) * 10 <= greatest(a.low, b.low))
WHERE a.is_uncorroborated OR b.is_uncorroborated
    OR b.stated_at <= a.stated_at + INTERVAL 3 HOUR       -- at the same time
    OR (b.top < a.low AND b.authority < 6)                -- a later lower count; narrators lag behind and do not count
UNION
SELECT m.incident_id, CASE WHEN coalesce(c.victim_group, 'all') = 'all' THEN coalesce(nullif(c.effect, 'casualties'), 'killed')
    WHEN c.effect = 'injured' THEN 'children_injured' ELSE c.victim_group || '_killed' END
FROM resolve_membership AS m JOIN resolve_statement AS c USING (report_id)
WHERE m.is_counted AND c.claim_type = 'denial' AND c.denies = 'count' AND c.stance = 'denies' AND NOT coalesce(c.is_general, false);

CREATE OR REPLACE TEMP TABLE resolve_range AS
WITH placed AS (
    SELECT *, row_number() OVER (
        PARTITION BY incident_id, toll
        ORDER BY is_uncorroborated, count_best IS NULL, is_overtaken, authority, stated_at DESC, count_best DESC, claim_id, report_id
    ) AS place
    FROM resolve_judged
),
ends AS (
    SELECT incident_id, toll, min(low) AS count_min, max(top) FILTER (NOT is_uncorroborated) AS highest
    FROM resolve_judged GROUP BY ALL
),
highest AS (  -- open above only where every speaker of the highest number leaves it open
    SELECT e.incident_id, e.toll, bool_and(j.is_open) AS is_open
    FROM ends AS e
    JOIN resolve_judged AS j ON j.incident_id = e.incident_id AND j.toll = e.toll AND j.top = e.highest AND NOT j.is_uncorroborated
    GROUP BY ALL
)
SELECT e.incident_id, e.toll, e.count_min, b.count_best, CASE WHEN h.is_open THEN NULL ELSE e.highest END AS count_max,
    b.quantifier, x.toll IS NOT NULL AS is_contested, b.report_id, b.claim_id
FROM ends AS e
JOIN placed AS b ON b.incident_id = e.incident_id AND b.toll = e.toll AND b.place = 1
LEFT JOIN highest AS h ON h.incident_id = e.incident_id AND h.toll = e.toll
LEFT JOIN resolve_contradicted AS x ON x.incident_id = e.incident_id AND x.toll = e.toll;

-- The words are those of the claim, else of the report's evidence. A part that exceeds its whole is withheld: one of the
-- two is wrong.
CREATE OR REPLACE TEMP TABLE resolve_toll AS
WITH quoted AS (
    SELECT row_id AS report_id, regexp_replace(column_name, '_(min|best|max|quantifier)$', '') AS toll,
        first(quote ORDER BY column_name NOT LIKE '%_best', column_name NOT LIKE '%_min', span_start, span_end) AS quote
    FROM evidence SEMI JOIN (
        SELECT g.report_id AS row_id, r.as_of FROM resolve_range AS g JOIN resolve_report AS r USING (report_id) WHERE g.claim_id IS NULL
    ) AS asked USING (row_id, as_of)
    WHERE row_table = 'report'
    GROUP BY ALL
),
chosen AS MATERIALIZED (
    SELECT g.claim_id AS row_id, r.as_of, c.span_start, c.span_end, c.article_id
    FROM resolve_range AS g JOIN resolve_statement AS c USING (claim_id) JOIN resolve_report AS r ON r.report_id = c.report_id
),
stated AS MATERIALIZED (  -- what stands at the claim's span is its evidence: a text lies in blocks with dozens of others
    SELECT DISTINCT row_id AS claim_id, quote AS words
    FROM evidence SEMI JOIN chosen USING (row_id, as_of, span_start, span_end)
    WHERE row_table = 'claim' AND column_name = 'claim_type'
),
bare AS MATERIALIZED (  -- claims whose evidence is not there, or bears another time: a toll must not lose its words before a check says so
    SELECT c.row_id AS claim_id, c.article_id, c.span_start, c.span_end, a.n
    FROM chosen AS c JOIN resolve_article AS a USING (article_id) WHERE c.row_id NOT IN (SELECT claim_id FROM stated)
),
told AS (
    SELECT article_id, text FROM article WHERE rowid IN (SELECT n FROM bare)
),
claimed AS (
    FROM stated
    UNION ALL
    SELECT b.claim_id, substring(t.text, b.span_start + 1, b.span_end - b.span_start) FROM bare AS b JOIN told AS t USING (article_id)
),
fitted AS (
    SELECT p.*, coalesce(c.words, q.quote) AS words,
        coalesce(p.count_best > w.count_best, false) OR coalesce(p.count_min > w.count_max, false) AS is_withheld
    FROM resolve_range AS p
    LEFT JOIN resolve_range AS w ON w.incident_id = p.incident_id AND w.toll = CASE
        WHEN p.toll IN ('children_killed', 'women_killed', 'civilians_killed', 'security_killed') THEN 'killed'
        WHEN p.toll = 'children_injured' THEN 'injured' END
    LEFT JOIN claimed AS c ON c.claim_id = p.claim_id
    LEFT JOIN quoted AS q ON q.report_id = p.report_id AND q.toll = p.toll
)
SELECT incident_id, toll, CASE WHEN NOT is_withheld THEN count_min END AS count_min,
    CASE WHEN NOT is_withheld THEN count_best END AS count_best, CASE WHEN NOT is_withheld THEN count_max END AS count_max,
    CASE WHEN NOT is_withheld THEN quantifier END AS quantifier, is_contested OR is_withheld AS is_contested, report_id, claim_id, words
FROM fitted;

CREATE OR REPLACE TEMP TABLE resolve_outdated AS
SELECT t.rowid AS n FROM incident_toll AS t SEMI JOIN resolve_stored AS s USING (incident_id, resolved_at);
DELETE FROM incident_toll WHERE rowid IN (FROM resolve_outdated);
INSERT INTO incident_toll BY NAME SELECT *, getvariable('run_at') AS resolved_at FROM resolve_toll ORDER BY incident_id, toll;
