-- active_users_by_country, the naive way: active_users straight from the export, some keys added up.
-- Grain: date, country. Every night over the whole history, as the others.
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
  )
  SELECT
    actives.date,
    actives.country,
    actives.platform,
    dau,
    wau,
    mau,
    IFNULL(new_users, 0) AS new_users
  FROM actives
  LEFT JOIN newcomers
    ON newcomers.date = actives.date
    AND newcomers.country = actives.country
    AND newcomers.platform = actives.platform
)
SELECT
  date,
  country,
  SUM(report.dau) AS dau,
  SUM(report.wau) AS wau,
  SUM(report.mau) AS mau,
  SUM(report.new_users) AS new_users
FROM report
GROUP BY date, country
