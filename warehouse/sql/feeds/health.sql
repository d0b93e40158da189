-- Every feed that was ever listed, with its health; the ones that need a person first.
SELECT h.*, f.url, f.title, f.language, f.country_iso2, f.homepage
FROM feed_health AS h JOIN feed AS f USING (feed_id)
ORDER BY list_position(['failing', 'moved', 'silent', 'overflowing', 'dropped', 'flooded', 'new', 'well', 'off'], h.state), h.feed_id
