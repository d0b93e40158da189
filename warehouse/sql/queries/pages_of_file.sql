-- Pages whose records stand in one archive file.
FROM page WHERE warc_file = $warc_file AND warc_length > 0 ORDER BY warc_offset
