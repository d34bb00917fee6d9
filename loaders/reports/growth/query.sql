-- growth: the users of the week that ends with the day against those of the week before.
-- Grain: date, country, platform. Users of this week stand where their latest active day in it was, churned ones where
--   their latest in the week before was.
-- Cost: four columns of 13 + n partitions of user_days and three of users; the weeks' users are joined once a day.
WITH active_days AS (
  SELECT
    user_key,
    date,
    country,
    platform,
    LEAD(date) OVER (PARTITION BY user_key ORDER BY date) AS next_date
  FROM user_days
  WHERE date BETWEEN DATE_SUB(@start_date, INTERVAL 13 DAY) AND @end_date
),
-- A day is its user's latest until the next one, or until it leaves the week.
week_ends AS (
  SELECT
    user_key,
    DATE_ADD(active_days.date, INTERVAL age DAY) AS date,
    country,
    platform
  FROM active_days
  CROSS JOIN UNNEST(GENERATE_ARRAY(0, LEAST(IFNULL(DATE_DIFF(next_date, active_days.date, DAY), 7), 7) - 1)) AS age
),
this_week AS (
  SELECT date, user_key, country, platform
  FROM week_ends
  WHERE date BETWEEN @start_date AND @end_date
),
week_before AS (
  SELECT DATE_ADD(date, INTERVAL 7 DAY) AS date, user_key, country, platform
  FROM week_ends
  WHERE date BETWEEN DATE_SUB(@start_date, INTERVAL 7 DAY) AND DATE_SUB(@end_date, INTERVAL 7 DAY)
),
both_weeks AS (
  SELECT
    IFNULL(this_week.date, week_before.date) AS date,
    IFNULL(this_week.country, week_before.country) AS country,
    IFNULL(this_week.platform, week_before.platform) AS platform,
    this_week.user_key IS NOT NULL AS came_this_week,
    week_before.user_key IS NOT NULL AS came_the_week_before,
    users.first_day > DATE_SUB(this_week.date, INTERVAL 7 DAY) AS is_new
  FROM this_week
  FULL JOIN week_before
    ON week_before.date = this_week.date
    AND week_before.user_key = this_week.user_key
  LEFT JOIN users
    ON users.user_key = this_week.user_key
)
SELECT
  date,
  country,
  platform,
  COUNTIF(came_this_week AND is_new) AS new_users_7d,
  COUNTIF(came_this_week AND came_the_week_before AND NOT is_new) AS retained,
  COUNTIF(came_this_week AND NOT came_the_week_before AND NOT is_new) AS resurrected,
  COUNTIF(NOT came_this_week) AS churned
FROM both_weeks
GROUP BY date, country, platform
