-- Rows bear the time of what they belong to: they are found by it. One with another time would be missed, and a toll counted without it.
SELECT 'claim' AS row_table, c.claim_id AS row_id, c.as_of AS has, coalesce(a.published_at, a.fetched_at) AS should_have
FROM claim AS c JOIN article AS a USING (article_id)
WHERE c.as_of <> coalesce(a.published_at, a.fetched_at)
UNION ALL
SELECT 'report', r.report_id, r.as_of, coalesce(a.published_at, a.fetched_at)
FROM report AS r JOIN article AS a USING (article_id)
WHERE r.as_of <> coalesce(a.published_at, a.fetched_at)
UNION ALL
SELECT 'evidence', e.row_id, e.as_of, coalesce(a.published_at, a.fetched_at)
FROM evidence AS e JOIN article AS a USING (article_id)
WHERE e.as_of <> coalesce(a.published_at, a.fetched_at)
UNION ALL
SELECT 'derivation', d.page_id, d.fetched_at, p.fetched_at
FROM derivation AS d JOIN page AS p USING (page_id)
WHERE d.fetched_at <> p.fetched_at
UNION ALL
SELECT 'incident_report', m.report_id, m.as_of, r.as_of
FROM incident_report AS m JOIN report AS r USING (report_id)
WHERE m.as_of <> r.as_of
UNION ALL
SELECT 'incident_report', m.report_id, m.resolved_at, i.resolved_at
FROM incident_report AS m JOIN incident AS i USING (incident_id)
WHERE m.resolved_at <> i.resolved_at
UNION ALL
SELECT 'toll_claim', t.statement_id, t.resolved_at, i.resolved_at
FROM toll_claim AS t JOIN incident AS i USING (incident_id)
WHERE t.resolved_at <> i.resolved_at
UNION ALL
SELECT 'incident_toll', t.incident_id, t.resolved_at, i.resolved_at
FROM incident_toll AS t JOIN incident AS i USING (incident_id)
WHERE t.resolved_at <> i.resolved_at
UNION ALL
SELECT 'incident_version', v.incident_id, v.valid_from, i.last_changed_at
FROM incident_version AS v JOIN incident AS i USING (incident_id)
WHERE v.valid_to IS NULL AND v.valid_from <> i.last_changed_at
