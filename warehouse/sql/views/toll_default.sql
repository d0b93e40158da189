-- needs: toll_claims, incident_members
-- The resolved count of one incident, by the default rule of docs/decisions/0003-toll-resolver.md.
-- @incident_id: incident
-- @toll: what is counted: killed, injured, children_killed ...
-- @count_min: lowest last word of an independent speaker family
-- @count_best: last word of the highest authority that nobody overtook
-- @count_max: highest last word, uncorroborated counts of the other side's dead left out; NULL: open above, or none is left
-- @quantifier: how the best number is qualified
-- @is_contested: speakers contradict each other at the same time
-- @best_report_id: report that the best number comes from
-- @best_claim_id: claim that the best number comes from; NULL: the report's own sum
CREATE OR REPLACE VIEW toll_default AS
WITH ranged AS MATERIALIZED (
    SELECT *, coalesce(count_min, count_best, 0) AS low, coalesce(count_max, count_best, count_min) AS top,
        count_max IS NULL AND (count_best IS NULL OR coalesce(quantifier, 'exact') IN ('at_least', 'vague')) AS is_open
    FROM toll_claims
    WHERE is_current
),
weighed AS MATERIALIZED (
    SELECT c.*, c.is_other_side AND NOT EXISTS (
        FROM ranged AS o
        WHERE o.incident_id = c.incident_id AND o.toll = c.toll AND o.family <> c.family AND NOT o.is_other_side
            AND (o.top >= c.low OR o.is_open AND o.low >= c.low)
    ) AS is_uncorroborated
    FROM ranged AS c
),
judged AS MATERIALIZED (  -- a later, higher count overtakes an earlier one: a toll that grows is a history
    SELECT c.*,
        coalesce((
            SELECT bool_or(o.authority <= greatest(c.authority, 3)) OR count(DISTINCT o.family) >= 2
            FROM weighed AS o
            WHERE o.incident_id = c.incident_id AND o.toll = c.toll AND o.family <> c.family AND NOT o.is_other_side
                AND o.stated_at > c.stated_at AND o.low > coalesce(c.count_max, c.count_best, c.count_min)
        ), false) AS is_overtaken
    FROM weighed AS c
),
best AS (
    SELECT incident_id, toll, first(count_best ORDER BY place) AS count_best, first(quantifier ORDER BY place) AS quantifier,
        first(report_id ORDER BY place) AS best_report_id, first(claim_id ORDER BY place) AS best_claim_id
    FROM (
        SELECT *, row_number() OVER (
            PARTITION BY incident_id, toll
            ORDER BY is_uncorroborated, count_best IS NULL, is_overtaken, authority, stated_at DESC, count_best DESC, claim_id, report_id
        ) AS place
        FROM judged
    )
    GROUP BY ALL
),
ends AS (
    SELECT incident_id, toll, min(low) AS count_min, max(top) FILTER (NOT is_uncorroborated) AS highest
    FROM judged GROUP BY ALL
),
highest AS (  -- open above only where every speaker of the highest number leaves it open
    SELECT e.incident_id, e.toll, bool_and(j.is_open) AS is_open
    FROM ends AS e JOIN judged AS j ON j.incident_id = e.incident_id AND j.toll = e.toll AND j.top = e.highest AND NOT j.is_uncorroborated
    GROUP BY ALL
),
contradicted AS (
    SELECT DISTINCT a.incident_id, a.toll
    FROM judged AS a
    JOIN judged AS b ON b.incident_id = a.incident_id AND b.toll = a.toll AND b.family <> a.family AND b.stated_at >= a.stated_at
        AND (b.low > a.top AND NOT a.is_open OR a.low > b.top AND NOT b.is_open)
        AND NOT ('about' IN (a.quantifier, b.quantifier) AND abs(a.low - b.low) * 10 <= greatest(a.low, b.low))
    WHERE a.is_uncorroborated OR b.is_uncorroborated
        OR b.stated_at <= a.stated_at + INTERVAL 3 HOUR       -- at the same time
        OR (b.top < a.low AND b.authority < 6)                -- a later lower count; narrators lag behind and do not count
    UNION
    SELECT m.incident_id, CASE WHEN coalesce(c.victim_group, 'all') = 'all' THEN coalesce(nullif(c.effect, 'casualties'), 'killed')
        WHEN c.effect = 'injured' THEN 'children_injured' ELSE c.victim_group || '_killed' END
    FROM claim AS c JOIN incident_members AS m USING (report_id)
    WHERE m.counts AND c.claim_type = 'denial' AND c.denies = 'count' AND c.stance = 'denies' AND NOT coalesce(c.is_general, false)
),
resolved AS MATERIALIZED (
    SELECT e.incident_id, e.toll, e.count_min, b.count_best, CASE WHEN h.is_open THEN NULL ELSE e.highest END AS count_max,
        b.quantifier, x.toll IS NOT NULL AS is_contested, b.best_report_id, b.best_claim_id
    FROM ends AS e
    JOIN best AS b USING (incident_id, toll)
    LEFT JOIN highest AS h USING (incident_id, toll)
    LEFT JOIN contradicted AS x USING (incident_id, toll)
),
fitted AS (  -- a part that exceeds its whole is withheld: one of the two is wrong
    SELECT p.*, coalesce(p.count_best > w.count_best, false) OR coalesce(p.count_min > w.count_max, false) AS is_withheld
    FROM resolved AS p
    LEFT JOIN resolved AS w ON w.incident_id = p.incident_id AND w.toll = CASE
        WHEN p.toll IN ('children_killed', 'women_killed', 'civilians_killed', 'security_killed') THEN 'killed'
        WHEN p.toll = 'children_injured' THEN 'injured' END
)
SELECT incident_id, toll, CASE WHEN is_withheld THEN NULL ELSE count_min END AS count_min,
    CASE WHEN is_withheld THEN NULL ELSE count_best END AS count_best,
    CASE WHEN is_withheld THEN NULL ELSE count_max END AS count_max,
    CASE WHEN is_withheld THEN NULL ELSE quantifier END AS quantifier,
    is_contested OR is_withheld AS is_contested, best_report_id, best_claim_id
FROM fitted
