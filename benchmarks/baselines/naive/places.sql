-- places, the naive way: how often anything happened in each country, straight from the export.
-- Grain: date, country, platform. Every night over the whole history, as the others.
SELECT
  PARSE_DATE('%Y%m%d', event_date) AS date,
  geo.country AS country,
  platform,
  COUNT(*) AS events
FROM `export.events_*`
WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
  AND event_name NOT IN UNNEST(@excluded)
GROUP BY 1, 2, 3
