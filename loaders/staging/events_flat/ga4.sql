-- events_flat from today's GA4/Firebase export.
-- Grain: one row per event as Google delivered it; identical events stay apart.
-- Cost: the only statement that reads the export. Days are named by _TABLE_SUFFIX, so each is billed once, for seven columns.
SELECT
  PARSE_DATE('%Y%m%d', event_date) AS date,
  @source AS source,
  event_timestamp,
  IFNULL(event_name, '(unknown)') AS event_name,
  NULLIF(user_pseudo_id, '') AS user_key,
  IFNULL(NULLIF(RTRIM(geo.country, ' '), ''), '(unknown)') AS country,
  IFNULL(NULLIF(UPPER(RTRIM(platform, ' ')), ''), '(unknown)') AS platform,
  IFNULL(NULLIF(RTRIM(app_info.version, ' '), ''), '(unknown)') AS app_version
FROM `export.events_*`
WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
