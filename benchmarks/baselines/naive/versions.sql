-- versions, the naive way: how often anything happened in each version, straight from the export.
-- Grain: date, version. Every night over the whole history, as the others.
SELECT
  PARSE_DATE('%Y%m%d', event_date) AS date,
  app_info.version AS app_version,
  COUNT(*) AS events
FROM `export.events_*`
WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
  AND event_name NOT IN UNNEST(@excluded)
GROUP BY 1, 2
