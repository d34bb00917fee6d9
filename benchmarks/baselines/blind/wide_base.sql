-- The base table as dbt-ga4 re-reads it with static_incremental_days = 3: the newest day and the three before, whether
-- they have changed or not, whole records of each.
SELECT
  PARSE_DATE('%Y%m%d', event_date) AS event_date_dt,
  event_timestamp,
  event_name,
  event_params,
  event_previous_timestamp,
  event_value_in_usd,
  event_bundle_sequence_id,
  event_server_timestamp_offset,
  user_id,
  user_pseudo_id,
  privacy_info,
  user_properties,
  user_first_touch_timestamp,
  user_ltv,
  device,
  geo,
  app_info,
  traffic_source,
  stream_id,
  platform,
  ecommerce,
  items
FROM `export.events_*`
WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', DATE_SUB(@end_date, INTERVAL 3 DAY))
    AND FORMAT_DATE('%Y%m%d', @end_date)
