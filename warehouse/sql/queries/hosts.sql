-- What is known of every host that was asked.
SELECT * FROM host ORDER BY site
