-- events_by_version, the naive way: events straight from the export, some keys added up.
-- Grain: date, event_name, platform, app_version. Every night over the whole history, as the others.
WITH report AS (
  WITH placed AS (
    SELECT
      PARSE_DATE('%Y%m%d', event_date) AS date,
      event_name,
      geo.country AS country,
      platform,
      app_info.version AS app_version,
      user_pseudo_id IS NOT NULL AND ROW_NUMBER() OVER (
        PARTITION BY event_date, event_name, user_pseudo_id
        ORDER BY event_timestamp DESC, geo.country DESC, platform DESC, app_info.version DESC
      ) = 1 AS is_last
    FROM `export.events_*`
    WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
      AND event_name NOT IN UNNEST(@excluded)
  )
  SELECT
    date,
    event_name,
    country,
    platform,
    app_version,
    COUNT(*) AS events,
    COUNTIF(is_last) AS users
  FROM placed
  GROUP BY date, event_name, country, platform, app_version
)
SELECT
  date,
  event_name,
  platform,
  app_version,
  SUM(report.events) AS events,
  SUM(report.users) AS users
FROM report
GROUP BY date, event_name, platform, app_version
