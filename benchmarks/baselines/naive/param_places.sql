-- param_places, the naive way: how often the listed parameters were used in each country, straight from the export.
-- Grain: date, event, parameter, country, platform. Every night over the whole history, as the others.
SELECT
  PARSE_DATE('%Y%m%d', event_date) AS date,
  event_name,
  param.key AS param_key,
  geo.country AS country,
  platform,
  COUNT(*) AS events
FROM `export.events_*`
CROSS JOIN UNNEST(event_params) AS param
WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
  AND CONCAT(event_name, '.', param.key) IN UNNEST(@event_params)
GROUP BY 1, 2, 3, 4, 5
