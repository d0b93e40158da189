-- The raw side of the pages to derive again: what feeds said and where the bytes lie. Nothing that was ever derived, and what
-- persons decided or erased: that is no reading.
INSERT INTO feed BY NAME SELECT * FROM stored.feed;
INSERT INTO outlet BY NAME SELECT * FROM stored.outlet;
INSERT INTO entry BY NAME SELECT * FROM stored.entry WHERE entry_id IN (
    SELECT entry_id FROM stored.page JOIN proof_page USING (page_id) WHERE is_ours
);
INSERT INTO page BY NAME SELECT * FROM stored.page WHERE page_id IN (SELECT page_id FROM proof_page WHERE is_ours);
INSERT INTO decision BY NAME SELECT * FROM stored.decision;
INSERT INTO decision_report BY NAME SELECT * FROM stored.decision_report;
INSERT INTO erasure BY NAME SELECT * FROM stored.erasure
