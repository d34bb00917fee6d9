-- retention, the naive way: who came again n days after the first one, straight from the export.
-- Grain: first day, n, country, platform. Every night over the whole history, since nobody knows which days have changed.
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
cohorts AS (
  SELECT first_day, country, platform, COUNT(*) AS cohort_users
  FROM firsts
  GROUP BY first_day, country, platform
),
returns AS (
  SELECT
    first_day,
    DATE_DIFF(activity.date, first_day, DAY) AS day_n,
    firsts.country,
    firsts.platform,
    COUNT(*) AS returned
  FROM activity
  JOIN firsts
    ON firsts.user_key = activity.user_key
  GROUP BY first_day, day_n, firsts.country, firsts.platform
)
SELECT
  cohorts.first_day AS cohort_date,
  n AS day_n,
  cohorts.country,
  cohorts.platform,
  cohort_users,
  IFNULL(returned, 0) AS active_users
FROM cohorts
CROSS JOIN UNNEST(@day_ns) AS n
LEFT JOIN returns
  ON returns.first_day = cohorts.first_day
  AND returns.day_n = n
  AND returns.country = cohorts.country
  AND returns.platform = cohorts.platform
WHERE DATE_ADD(cohorts.first_day, INTERVAL n DAY) <= @end_date
