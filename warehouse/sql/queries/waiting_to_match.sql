-- Reports of the articles that wait to be matched.
SELECT report_id FROM report WHERE article_id IN (SELECT article_id FROM match_queue) ORDER BY report_id
