-- Which of the entry ids were seen before, with what tells whether they changed. What is missing here is new.
SELECT entry_id, url, title, published_at, updated_at, summary, first_seen_at, last_changed_at
FROM entry
WHERE entry_id IN (SELECT entry_id FROM batch_entry)
ORDER BY entry_id
