-- The same blind re-read of four days, but of no more than what our own staging reads of them.
SELECT
  PARSE_DATE('%Y%m%d', event_date) AS date,
  event_timestamp,
  event_name,
  user_pseudo_id AS user_key,
  geo.country,
  platform,
  app_info.version AS app_version,
  ARRAY(
    SELECT AS STRUCT
      param.key AS key,
      COALESCE(
        param.value.string_value,
        CAST(param.value.int_value AS STRING),
        CAST(param.value.double_value AS STRING),
        CAST(param.value.float_value AS STRING)
      ) AS value
    FROM UNNEST(event_params) AS param
    WHERE CONCAT(event_name, '.', param.key) IN UNNEST(@event_params)
  ) AS params
FROM `export.events_*`
WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', DATE_SUB(@end_date, INTERVAL 3 DAY))
    AND FORMAT_DATE('%Y%m%d', @end_date)
