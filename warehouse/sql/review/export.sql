-- Decisions that hold, as `vigil review apply` reads them. Reports name incidents: address#ordinal finds them in any warehouse that has the article.
WITH named AS (
    SELECT decision_id,
        first(canonical_url || '#' || ordinal ORDER BY position) FILTER (part = 'subject') AS subject,
        first(canonical_url || '#' || ordinal ORDER BY position) FILTER (part = 'other') AS other,
        string_agg(DISTINCT canonical_url || '#' || ordinal, ' ' ORDER BY canonical_url || '#' || ordinal) FILTER (part = 'other') AS others
    FROM decision_report GROUP BY decision_id
)
SELECT d.action, n.subject, CASE WHEN d.action = 'merge' THEN n.other END, CASE WHEN d.action = 'split' THEN n.others END,
    d.column_name, CASE WHEN d.action = 'set' THEN coalesce(d.value, 'null') END, d.reason, d.decided_by
FROM decision AS d JOIN named AS n USING (decision_id)
WHERE d.undone_at IS NULL AND coalesce(d.standing, 'in_force') = 'in_force'
ORDER BY d.decided_at, d.decision_id
