-- All feeds with their polling state, whether due or not.
SELECT * FROM feed ORDER BY feed_id
