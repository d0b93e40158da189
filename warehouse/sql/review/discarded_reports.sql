-- Reports of incidents that a person discarded.
SELECT s.article_id, s.ordinal FROM decision AS d JOIN decision_report AS s USING (decision_id)
WHERE d.action = 'discard' AND d.standing = 'in_force' AND d.undone_at IS NULL AND s.part = 'subject'
ORDER BY ALL
