-- param_values, the naive way: event_params straight from the export, some keys added up.
-- Grain: date, event_name, param_key, param_value, platform. Every night over the whole history, as the others.
WITH report AS (
  WITH occurrences AS (
    SELECT
      PARSE_DATE('%Y%m%d', event_date) AS date,
      event_name,
      param.key AS param_key,
      COALESCE(
        param.value.string_value,
        CAST(param.value.int_value AS STRING),
        CAST(param.value.double_value AS STRING),
        CAST(param.value.float_value AS STRING)
      ) AS param_value,
      user_pseudo_id AS user_key,
      geo.country AS country,
      platform,
      event_timestamp
    FROM `export.events_*`
    CROSS JOIN UNNEST(event_params) AS param
    WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
      AND CONCAT(event_name, '.', param.key) IN UNNEST(@event_params)
  ),
  placed AS (
    SELECT
      *,
      user_key IS NOT NULL AND ROW_NUMBER() OVER (
        PARTITION BY date, event_name, param_key, param_value, user_key
        ORDER BY event_timestamp DESC, country DESC, platform DESC
      ) = 1 AS is_last
    FROM occurrences
  )
  SELECT
    date,
    event_name,
    param_key,
    param_value,
    country,
    platform,
    COUNT(*) AS events,
    COUNTIF(is_last) AS users
  FROM placed
  GROUP BY date, event_name, param_key, param_value, country, platform
)
SELECT
  date,
  event_name,
  param_key,
  param_value,
  platform,
  SUM(report.events) AS events,
  SUM(report.users) AS users
FROM report
GROUP BY date, event_name, param_key, param_value, platform
