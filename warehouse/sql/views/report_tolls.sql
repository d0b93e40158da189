-- One count of one report, as the extractor resolved it: the wide columns of report, one row each.
-- @report_id: report
-- @toll: what is counted: killed, injured, children_killed ...
-- @count_min: lowest number
-- @count_best: best number; NULL: only vague
-- @count_max: highest number; NULL: open above
-- @quantifier: how the number is qualified
CREATE OR REPLACE VIEW report_tolls AS
SELECT report_id, t.toll, t.count_min, t.count_best, t.count_max, t.quantifier
FROM report, unnest([
    {toll: 'killed', count_min: killed_min, count_best: killed_best, count_max: killed_max, quantifier: killed_quantifier},
    {toll: 'injured', count_min: injured_min, count_best: injured_best, count_max: injured_max, quantifier: injured_quantifier},
    {toll: 'missing', count_min: missing_min, count_best: missing_best, count_max: missing_max, quantifier: missing_quantifier},
    {toll: 'abducted', count_min: abducted_min, count_best: abducted_best, count_max: abducted_max,
     quantifier: abducted_quantifier},
    {toll: 'children_killed', count_min: children_killed_min, count_best: children_killed_best,
     count_max: children_killed_max, quantifier: children_killed_quantifier},
    {toll: 'children_injured', count_min: children_injured_min, count_best: children_injured_best,
     count_max: children_injured_max, quantifier: children_injured_quantifier},
    {toll: 'women_killed', count_min: women_killed_min, count_best: women_killed_best, count_max: women_killed_max,
     quantifier: women_killed_quantifier},
    {toll: 'civilians_killed', count_min: civilians_killed_min, count_best: civilians_killed_best,
     count_max: civilians_killed_max, quantifier: civilians_killed_quantifier},
    {toll: 'security_killed', count_min: security_killed_min, count_best: security_killed_best,
     count_max: security_killed_max, quantifier: security_killed_quantifier},
    {toll: 'attackers_killed', count_min: attackers_killed_min, count_best: attackers_killed_best,
     count_max: attackers_killed_max, quantifier: attackers_killed_quantifier}
]) AS unnested (t)
WHERE coalesce(t.count_min, t.count_best, t.count_max) IS NOT NULL
