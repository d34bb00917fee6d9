-- growth_by_platform, the naive way: growth straight from the export, some keys added up.
-- Grain: date, platform. Every night over the whole history, as the others.
WITH report AS (
  WITH activity AS (
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
  weeks AS (
    SELECT
      days.date,
      user_key,
      MAX(activity.date) AS last_day,
      MIN(activity.date) AS earliest_day,
      ANY_VALUE(country HAVING MAX activity.date) AS country,
      ANY_VALUE(platform HAVING MAX activity.date) AS platform
    FROM days
    JOIN activity
      ON activity.date BETWEEN DATE_SUB(days.date, INTERVAL 13 DAY) AND days.date
    GROUP BY days.date, user_key
  )
  SELECT
    date,
    weeks.country,
    weeks.platform,
    COUNTIF(last_day > DATE_SUB(date, INTERVAL 7 DAY) AND first_day > DATE_SUB(date, INTERVAL 7 DAY)) AS new_users_7d,
    COUNTIF(last_day > DATE_SUB(date, INTERVAL 7 DAY) AND earliest_day <= DATE_SUB(date, INTERVAL 7 DAY)) AS retained,
    COUNTIF(
      last_day > DATE_SUB(date, INTERVAL 7 DAY)
      AND earliest_day > DATE_SUB(date, INTERVAL 7 DAY)
      AND first_day <= DATE_SUB(date, INTERVAL 7 DAY)
    ) AS resurrected,
    COUNTIF(last_day <= DATE_SUB(date, INTERVAL 7 DAY)) AS churned
  FROM weeks
  JOIN firsts
    ON firsts.user_key = weeks.user_key
  GROUP BY date, weeks.country, weeks.platform
)
SELECT
  date,
  platform,
  SUM(report.new_users_7d) AS new_users_7d,
  SUM(report.retained) AS retained,
  SUM(report.resurrected) AS resurrected,
  SUM(report.churned) AS churned
FROM report
GROUP BY date, platform
