-- What came since
-- Which incidents were added after the evening of 4 April, and which are gone?
SELECT change, event_date_start AS date, place, lives_on_as
FROM changes_between(TIMESTAMPTZ '2025-04-04 21:00:00+00', TIMESTAMPTZ '2025-04-07 21:00:00+00')
WHERE change <> 'changed'
ORDER BY change, date, place
