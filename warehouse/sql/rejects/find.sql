-- Rejects by what a person asks for; NULL asks for all. The newest refusal first.
FROM rejects
WHERE ($stage IS NULL OR stage = $stage)
  AND ($reason IS NULL OR reason = $reason)
  AND ($outlet IS NULL OR outlet = $outlet OR outlet LIKE '%.' || $outlet)
  AND ($state IS NULL OR state = $state OR ($state = 'open' AND state IN ('waiting', 'stopped')))
  AND ($id IS NULL OR starts_with(reject_id, $id) OR input_ref = $id OR url = $id)
ORDER BY last_at DESC, reject_id
