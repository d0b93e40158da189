-- The pages of chunk_page (page_id), each a row as pages_to_derive.sql returns it, in the same order.
SELECT p.*, e.feed_id,
    f.language AS feed_language, f.country_iso2 AS feed_country_iso2, f.region_focus AS feed_region_focus
FROM chunk_page AS c
JOIN page AS p USING (page_id)
LEFT JOIN entry AS e ON e.entry_id = p.entry_id
LEFT JOIN feed AS f ON f.feed_id = e.feed_id
ORDER BY p.warc_file, p.warc_offset, p.page_id
