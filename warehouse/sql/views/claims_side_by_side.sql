-- kept as rows
-- needs: count_label
-- not mirrored
-- The claims of an incident side by side: one speaker at one time, with every count that he or she gave then as people write it
-- (12, 12+, up to 85, ~100, vague (24+)). Filter by incident_id and order by stated_at.
-- @incident_id: incident
-- @stated_at: when it was said (UTC)
-- @speaker: who says it, in the text's words; NULL: the narrator
-- @speaker_class: class of source
-- @side: whom the speaker speaks for
-- @authority: rank in the default toll rule, 1 highest
-- @killed: people killed
-- @injured: people injured
-- @children_killed: children among the killed
-- @children_injured: children among the injured
-- @women_killed: women among the killed
-- @civilians_killed: civilians among the killed
-- @security_killed: soldiers and police among the killed
-- @attackers_killed: perpetrators killed
-- @missing: people missing
-- @abducted: people abducted
-- @is_other_side: a party to the fighting counts the other side's dead
-- @is_current: one of these counts decides a toll now
-- @outlet: publisher domain
-- @report_id: report
CREATE OR REPLACE VIEW claims_side_by_side AS
SELECT t.incident_id, t.stated_at, t.speaker, t.speaker_class, t.side, min(t.authority) AS authority,
    any_value(t.said) FILTER (t.toll = 'killed') AS killed,
    any_value(t.said) FILTER (t.toll = 'injured') AS injured,
    any_value(t.said) FILTER (t.toll = 'children_killed') AS children_killed,
    any_value(t.said) FILTER (t.toll = 'children_injured') AS children_injured,
    any_value(t.said) FILTER (t.toll = 'women_killed') AS women_killed,
    any_value(t.said) FILTER (t.toll = 'civilians_killed') AS civilians_killed,
    any_value(t.said) FILTER (t.toll = 'security_killed') AS security_killed,
    any_value(t.said) FILTER (t.toll = 'attackers_killed') AS attackers_killed,
    any_value(t.said) FILTER (t.toll = 'missing') AS missing,
    any_value(t.said) FILTER (t.toll = 'abducted') AS abducted,
    bool_or(t.is_other_side) AS is_other_side, bool_or(t.is_current) AS is_current, a.outlet, t.report_id
FROM (
    SELECT incident_id, stated_at, speaker, speaker_class, side, family, report_id, article_id, toll, min(authority) AS authority,
        bool_or(is_other_side) AS is_other_side, bool_or(is_current) AS is_current,
        array_to_string(list_sort(list_distinct(list(count_label(count_min, count_best, count_max, quantifier)))), ', ') AS said
    FROM toll_claim
    GROUP BY ALL
) AS t
JOIN article AS a USING (article_id)
GROUP BY t.incident_id, t.stated_at, t.speaker, t.speaker_class, t.side, t.family, a.outlet, t.report_id
