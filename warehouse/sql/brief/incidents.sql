-- The incidents that the night added or changed, as they stood at its end: greatest toll first. The values of before stand beside
-- (was_), the words are those of the statement that gives the number of that night.
WITH after AS (
    FROM incident_version WHERE valid_from < $until AND (valid_to IS NULL OR valid_to >= $until)
),
before AS (
    FROM incident_version WHERE valid_from < $since AND (valid_to IS NULL OR valid_to >= $since)
),
touched AS (
    SELECT a.*, b.incident_id IS NULL AND NOT EXISTS (FROM incident_version AS e WHERE e.incident_id = a.incident_id AND e.valid_from < $since) AS is_new,
        b.killed_min AS was_killed_min, b.killed_best AS was_killed_best, b.killed_max AS was_killed_max, b.killed_quantifier AS was_killed_quantifier,
        b.injured_min AS was_injured_min, b.injured_best AS was_injured_best, b.injured_max AS was_injured_max,
        b.injured_quantifier AS was_injured_quantifier, b.n_sources AS was_n_sources,
        (a.killed_min, a.killed_best, a.killed_max, a.killed_quantifier)
            IS DISTINCT FROM (b.killed_min, b.killed_best, b.killed_max, b.killed_quantifier) AS is_killed_changed,
        (a.injured_min, a.injured_best, a.injured_max, a.injured_quantifier)
            IS DISTINCT FROM (b.injured_min, b.injured_best, b.injured_max, b.injured_quantifier) AS is_injured_changed
    FROM after AS a
    LEFT JOIN before AS b USING (incident_id)
    WHERE a.valid_from >= $since OR b.incident_id IS NULL
),
member AS MATERIALIZED (
    FROM incident_report WHERE incident_id IN (SELECT incident_id FROM touched)
),
statement AS MATERIALIZED (
    FROM casualty_claims WHERE toll IN ('killed', 'injured') AND incident_id IN (SELECT incident_id FROM touched)
),
quoted AS MATERIALIZED (  -- few quotes are read, not those of all reports
    FROM evidence WHERE row_table = 'report' AND row_id IN (SELECT report_id FROM statement UNION SELECT report_id FROM member)
),
said AS (  -- who gives the number that held at the end of the night
    SELECT t.incident_id, s.toll, s.statement_id, s.claim_id, s.report_id, s.speaker, s.speaker_class, s.stated_at, s.is_other_side,
        s.url, s.outlet, coalesce(c.confidence, e.confidence) AS confidence,
        CASE WHEN c.claim_id IS NOT NULL THEN [s.words] ELSE coalesce(e.quotes, []) END AS quotes
    FROM touched AS t
    JOIN statement AS s USING (incident_id)
    JOIN report AS r ON r.report_id = s.report_id
    JOIN article AS a ON a.article_id = r.article_id
    LEFT JOIN claim AS c ON c.claim_id = s.claim_id
    LEFT JOIN incident_toll AS k ON k.incident_id = s.incident_id AND k.toll = s.toll
    LEFT JOIN (
        SELECT row_id, column_name, list(quote ORDER BY span_start) AS quotes, min(confidence) AS confidence
        FROM quoted WHERE column_name IN ('killed_best', 'killed_min', 'injured_best', 'injured_min')
        GROUP BY row_id, column_name
    ) AS e ON e.row_id = s.report_id AND e.column_name = s.toll || CASE WHEN s.count_best IS NULL THEN '_min' ELSE '_best' END
    WHERE a.fetched_at < $until
      AND CASE s.toll
            WHEN 'killed' THEN t.killed_best IS NOT DISTINCT FROM s.count_best AND (t.killed_best IS NOT NULL OR t.killed_min = s.count_min)
            ELSE t.injured_best IS NOT DISTINCT FROM s.count_best AND (t.injured_best IS NOT NULL OR t.injured_min = s.count_min)
          END
    QUALIFY row_number() OVER (
        PARTITION BY t.incident_id, s.toll
        ORDER BY (s.report_id = k.report_id AND s.claim_id IS NOT DISTINCT FROM k.claim_id) DESC, s.is_other_side, s.is_current DESC, s.authority,
            s.stated_at DESC, s.statement_id
    ) = 1
),
doubt AS (
    SELECT m.incident_id, min(m.score) FILTER (m.decided_by = 'rule' AND NOT m.is_copy AND NOT m.is_superseded) AS lowest_score,
        bool_or(EXISTS (FROM claim AS c WHERE c.report_id = m.report_id AND c.is_withheld)
            OR EXISTS (FROM quoted AS e WHERE e.row_id = m.report_id AND e.is_withheld)) AS is_withheld
    FROM member AS m
    WHERE m.is_counted
    GROUP BY m.incident_id
),
told AS (  -- each address once, in the version that was the newest at the end of the night
    SELECT incident_id, list({url: url, outlet: outlet, title: title, is_copy: is_copy} ORDER BY stated_at, url) AS articles
    FROM (
        SELECT m.incident_id, a.canonical_url AS url, coalesce(o.publisher, a.outlet) AS outlet, a.title, m.is_copy, m.stated_at
        FROM member AS m
        JOIN report AS r USING (report_id)
        JOIN article AS a ON a.article_id = r.article_id
        LEFT JOIN outlet AS o ON o.domain = a.outlet
        WHERE a.fetched_at < $until
        QUALIFY row_number() OVER (PARTITION BY m.incident_id, a.canonical_url ORDER BY a.fetched_at DESC, m.report_id) = 1
    )
    GROUP BY incident_id
)
SELECT t.*, coalesce(n.name, t.country_iso3) AS country, u.flow AS changed_by,
    k.quotes AS killed_quotes, k.speaker AS killed_speaker, k.speaker_class AS killed_speaker_class, k.url AS killed_url, k.outlet AS killed_outlet,
    k.stated_at AS killed_stated_at, k.confidence AS killed_confidence, k.is_other_side AS is_killed_other_side,
    j.quotes AS injured_quotes, j.speaker AS injured_speaker, j.speaker_class AS injured_speaker_class, j.url AS injured_url,
    j.outlet AS injured_outlet, j.stated_at AS injured_stated_at, j.confidence AS injured_confidence,
    d.lowest_score, coalesce(d.is_withheld, false) AS is_withheld, coalesce(a.articles, []) AS articles
FROM touched AS t
LEFT JOIN countries AS n ON n.iso3 = t.country_iso3
LEFT JOIN run AS u ON u.run_id = t.run_id
LEFT JOIN said AS k ON k.incident_id = t.incident_id AND k.toll = 'killed'
LEFT JOIN said AS j ON j.incident_id = t.incident_id AND j.toll = 'injured'
LEFT JOIN doubt AS d ON d.incident_id = t.incident_id
LEFT JOIN told AS a ON a.incident_id = t.incident_id
ORDER BY coalesce(t.killed_best, t.killed_min, t.killed_max) DESC NULLS LAST, coalesce(t.injured_best, t.injured_min) DESC NULLS LAST,
    t.event_date_start DESC NULLS LAST, t.incident_id
