-- One incident stands alone here: which reports belong to it, and which are copies, is taken from the store.
INSERT INTO incident_report BY NAME SELECT * FROM stored.incident_report WHERE incident_id = $incident_id;
UPDATE article SET duplicate_of = s.duplicate_of FROM stored.article AS s WHERE s.article_id = article.article_id
