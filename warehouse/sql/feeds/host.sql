-- What is known of one host.
SELECT * FROM host WHERE site = $site
