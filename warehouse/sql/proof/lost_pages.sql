-- Pages whose bytes could not be read again. The store may have lost them as well: then there is nothing to compare.
CREATE OR REPLACE TEMP TABLE lost_page AS
SELECT p.page_id, p.warc_file, p.warc_offset, p.url, r.message
FROM reject AS r JOIN page AS p ON p.page_id = r.input_ref
WHERE r.reason = 'archive'
