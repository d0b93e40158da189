-- What masking must know of an incident beside an export's row: whether children were harmed, who speaks about it, and the words
-- around the quoted ones. No export writes it.
CREATE OR REPLACE TEMP VIEW export_privacy AS
WITH quoted AS (
    SELECT t.incident_id, t.toll, c.article_id, c.span_start, c.span_end
    FROM incident_toll AS t JOIN claim AS c USING (claim_id)
    WHERE t.toll IN ('killed', 'injured') AND t.words IS NOT NULL
    UNION ALL
    SELECT t.incident_id, t.toll, e.article_id, e.span_start, e.span_end
    FROM incident_toll AS t
    JOIN evidence AS e ON e.row_table = 'report' AND e.row_id = t.report_id AND e.quote = t.words AND starts_with(e.column_name, t.toll || '_')
    WHERE t.toll IN ('killed', 'injured') AND t.claim_id IS NULL
),
around AS (
    SELECT incident_id, list({toll: toll, before: before, after: after} ORDER BY toll) AS around
    FROM (
        SELECT q.incident_id, q.toll,
            first(a.text[greatest(q.span_start - 199, 1):q.span_start] ORDER BY q.span_start, q.span_end) AS before,
            first(a.text[q.span_end + 1:q.span_end + 200] ORDER BY q.span_start, q.span_end) AS after
        FROM quoted AS q JOIN article AS a USING (article_id)
        GROUP BY ALL
    )
    GROUP BY incident_id
),
spoken AS (
    SELECT incident_id, list({speaker: speaker, speaker_role: speaker_role, speaker_class: speaker_class}) AS speakers
    FROM (
        SELECT DISTINCT m.incident_id, c.speaker, c.speaker_role, c.speaker_class
        FROM claim AS c JOIN incident_report AS m USING (report_id)
        WHERE c.speaker IS NOT NULL
    )
    GROUP BY incident_id
),
harmed AS (
    SELECT DISTINCT incident_id
    FROM incident_toll
    WHERE toll IN ('children_killed', 'children_injured') AND coalesce(count_max, count_best, count_min, 1) > 0
)
SELECT i.incident_id,
    {has_children: h.incident_id IS NOT NULL, speakers: s.speakers, around: a.around} AS privacy
FROM incident AS i
LEFT JOIN harmed AS h USING (incident_id)
LEFT JOIN spoken AS s USING (incident_id)
LEFT JOIN around AS a USING (incident_id)
