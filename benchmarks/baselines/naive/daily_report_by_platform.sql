-- daily_report_by_platform, the naive way: daily_report straight from the export, some keys added up.
-- Grain: date, days_ago, platform. Every night over the whole history, as the others.
WITH report AS (
  WITH take_counts AS (
    SELECT
      PARSE_DATE('%Y%m%d', event_date) AS date,
      geo.country AS country,
      platform,
      COUNT(*) AS takes
    FROM `export.events_*`
    WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
      AND event_name IN UNNEST(@take_events)
    GROUP BY date, country, platform
  ),
  activity AS (
    SELECT
      PARSE_DATE('%Y%m%d', event_date) AS date,
      user_pseudo_id AS user_key,
      geo.country AS country,
      platform
    FROM `export.events_*`
    WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
      AND user_pseudo_id IS NOT NULL
      AND event_name NOT IN UNNEST(@background_events)
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY event_date, user_pseudo_id
      ORDER BY event_timestamp DESC, geo.country DESC, platform DESC
    ) = 1
  ),
  firsts AS (
    SELECT
      user_key,
      MIN(date) AS first_day,
      ANY_VALUE(country HAVING MIN date) AS country,
      ANY_VALUE(platform HAVING MIN date) AS platform
    FROM activity
    GROUP BY user_key
  ),
  days AS (
    SELECT DISTINCT date
    FROM activity
  ),
  latest AS (
    SELECT
      days.date,
      user_key,
      MAX(activity.date) AS last_day,
      ANY_VALUE(country HAVING MAX activity.date) AS country,
      ANY_VALUE(platform HAVING MAX activity.date) AS platform
    FROM days
    JOIN activity
      ON activity.date BETWEEN DATE_SUB(days.date, INTERVAL 27 DAY) AND days.date
    GROUP BY days.date, user_key
  ),
  actives AS (
    SELECT
      date,
      country,
      platform,
      COUNTIF(last_day = date) AS dau,
      COUNTIF(last_day > DATE_SUB(date, INTERVAL 7 DAY)) AS wau,
      COUNT(*) AS mau
    FROM latest
    GROUP BY date, country, platform
  ),
  newcomers AS (
    SELECT first_day AS date, country, platform, COUNT(*) AS new_users
    FROM firsts
    GROUP BY first_day, country, platform
  ),
  figures AS (
    SELECT date, country, platform, dau, wau, mau, 0 AS new_users, 0 AS takes
    FROM actives
    UNION ALL
    SELECT date, country, platform, 0, 0, 0, new_users, 0
    FROM newcomers
    UNION ALL
    SELECT date, country, platform, 0, 0, 0, 0, takes
    FROM take_counts
  )
  SELECT
    DATE_ADD(date, INTERVAL days_ago DAY) AS date,
    days_ago,
    country,
    platform,
    SUM(dau) AS dau,
    SUM(wau) AS wau,
    SUM(mau) AS mau,
    SUM(new_users) AS new_users,
    SUM(takes) AS takes
  FROM figures
  CROSS JOIN UNNEST([0, 1, 7]) AS days_ago
  GROUP BY 1, days_ago, country, platform
)
SELECT
  date,
  days_ago,
  platform,
  SUM(report.dau) AS dau,
  SUM(report.wau) AS wau,
  SUM(report.mau) AS mau,
  SUM(report.new_users) AS new_users,
  SUM(report.takes) AS takes
FROM report
GROUP BY date, days_ago, platform
