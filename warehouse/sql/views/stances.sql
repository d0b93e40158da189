-- kept as rows
-- needs: countries, count_label
-- Who did it, who says it was not so, who answers otherwise, and who counts otherwise: one statement of responsibility, denial, reply or
-- counter-count about one incident, with the statements of others that it stands against. No verdict.
-- @incident_id: incident
-- @stated_at: when it was said (UTC)
-- @stance: accuses, claims_responsibility (names its own side as the doer), denies_responsibility, denies_targeting_civilians,
-- denies_civilian_harm, denies_count, denies (of what is not said), counter_count (a party to the fighting counts the other
-- side's dead), retracts or disputes_detail (of a count, or of what another side says), no_comment (asked, and neither confirms nor
-- denies), confirms or partially_accepts (that there was such an event)
-- @speaker: who says it, in the text's words; NULL: the narrator
-- @speaker_class: class of source
-- @side: whom the speaker speaks for
-- @accuses: who is named as the doer; NULL: nobody
-- @toll: what a count counts; NULL: no count
-- @says: the number as people write it; NULL: no count
-- @is_general: speaks of conduct in general, not of this event
-- @against: statements of other sides about this incident that it stands against: accusations for a denial of responsibility, such
-- denials for an accusation, the default toll for a count or a denial of harm; claim_id, or statement_id of casualty_claims. A denial
-- of targeting civilians stands against nothing here: it does not deny the strike
-- @words: the words that state it
-- @outlet: publisher domain
-- @url: address of the article
-- @report_id: report
-- @claim_id: claim
CREATE OR REPLACE VIEW stances AS
WITH spoken AS NOT MATERIALIZED (
    SELECT m.incident_id, c.*,
        CASE
            WHEN c.claim_type = 'responsibility' THEN 'accuses'
            WHEN c.claim_type = 'reply' THEN c.stance
            WHEN c.claim_type = 'denial' AND c.stance = 'disputes_detail' THEN 'disputes_detail'
            WHEN c.claim_type = 'denial' THEN 'denies' || coalesce('_' || c.denies, '')
            WHEN c.stance = 'retracts' THEN 'retracts'
            WHEN c.stance = 'denies' THEN 'denies_count'
            WHEN c.stance = 'disputes_detail' THEN 'disputes_detail'
            ELSE 'counter_count'
        END AS kind,
        t.toll, t.side AS told_side
    FROM claim AS c
    JOIN incident_report AS m ON m.report_id = c.report_id
    LEFT JOIN toll_claim AS t ON t.claim_id = c.claim_id AND t.incident_id = m.incident_id
    WHERE m.is_counted AND NOT m.is_copy AND (c.claim_type IN ('responsibility', 'denial', 'reply')
        OR (c.claim_type = 'casualties' AND (c.stance IN ('denies', 'disputes_detail', 'retracts') OR t.is_other_side)))
),
word AS (
    SELECT iso2, unnest(words) AS word FROM countries
),
accused AS (  -- the country that an accused actor's name names: the words of a country stand whole in it
    SELECT n.accuses, list(DISTINCT w.iso2) AS countries
    FROM (SELECT DISTINCT accuses FROM claim WHERE accuses IS NOT NULL) AS n
    JOIN word AS w ON lower(n.accuses) = w.word OR (length(w.word) > 3 AND contains(' ' || lower(n.accuses) || ' ', ' ' || w.word || ' '))
    GROUP BY n.accuses
),
sided AS NOT MATERIALIZED (
    SELECT s.*,
        CASE
            WHEN s.kind = 'accuses' AND (lower(s.speaker_side) = lower(s.accuses) OR list_contains(a.countries, s.speaker_side))
                THEN 'claims_responsibility'
            ELSE s.kind
        END AS stance_kind
    FROM spoken AS s
    LEFT JOIN accused AS a ON a.accuses = s.accuses
),
answer AS (
    SELECT s.incident_id, s.claim_id, list(DISTINCT o.claim_id ORDER BY o.claim_id) AS against
    FROM sided AS s
    JOIN sided AS o ON o.incident_id = s.incident_id AND o.claim_id <> s.claim_id AND o.speaker_side IS DISTINCT FROM s.speaker_side
        AND NOT coalesce(s.is_general, false) AND NOT coalesce(o.is_general, false)
    WHERE (s.stance_kind IN ('denies_responsibility', 'denies') AND o.stance_kind = 'accuses')
        OR (s.stance_kind = 'accuses' AND o.stance_kind IN ('denies_responsibility', 'denies'))
    GROUP BY s.incident_id, s.claim_id
)
SELECT s.incident_id, s.as_of AS stated_at, s.stance_kind AS stance, s.speaker, s.speaker_class, coalesce(s.speaker_side, s.told_side) AS side,
    s.accuses, s.toll, count_label(s.count_min, s.count_best, s.count_max, s.quantifier) AS says, coalesce(s.is_general, false) AS is_general,
    coalesce(w.against, CASE WHEN k.toll IS NOT NULL AND coalesce(k.claim_id, '') <> s.claim_id
        THEN [coalesce(k.claim_id, k.report_id || '/' || k.toll)] END, []) AS against,
    substring(a.text, s.span_start + 1, s.span_end - s.span_start) AS words, a.outlet, a.canonical_url AS url, s.report_id, s.claim_id
FROM sided AS s
JOIN article AS a ON a.article_id = s.article_id
LEFT JOIN answer AS w ON w.claim_id = s.claim_id AND w.incident_id = s.incident_id
LEFT JOIN incident_toll AS k ON k.incident_id = s.incident_id
    AND k.toll = CASE WHEN s.kind IN ('counter_count', 'denies_count', 'denies_civilian_harm', 'retracts', 'disputes_detail')
        AND s.claim_type <> 'reply'
        THEN CASE WHEN coalesce(s.toll, s.effect, 'killed') IN ('injured', 'children_injured') THEN 'injured' ELSE 'killed' END END
