-- active_users: distinct users of a day, of the 7 and of the @mau_days days ending with it, by country and platform.
-- Grain: date, country, platform. A user counts once in each window, where its latest active day inside the window was.
-- Cost: four columns of @mau_days - 1 + n partitions of user_days, one pass; then only counts are moved.
WITH active_days AS (
  SELECT
    date,
    country,
    platform,
    LEAD(date) OVER (PARTITION BY user_key ORDER BY date) AS next_date
  FROM user_days
  WHERE date BETWEEN DATE_SUB(@start_date, INTERVAL @mau_days - 1 DAY) AND @end_date
),
-- A day is its user's latest until the next one, or until it leaves the longest window.
reigns AS (
  SELECT
    date,
    country,
    platform,
    LEAST(IFNULL(DATE_DIFF(next_date, date, DAY), @mau_days), @mau_days) AS days,
    COUNT(*) AS users
  FROM active_days
  GROUP BY date, country, platform, days
),
window_ends AS (
  SELECT
    DATE_ADD(reigns.date, INTERVAL age DAY) AS date,
    age,
    country,
    platform,
    users
  FROM reigns
  CROSS JOIN UNNEST(GENERATE_ARRAY(0, reigns.days - 1)) AS age
),
actives AS (
  SELECT
    date,
    country,
    platform,
    SUM(IF(age = 0, users, 0)) AS dau,
    SUM(IF(age < 7, users, 0)) AS wau,
    SUM(users) AS mau
  FROM window_ends
  WHERE date BETWEEN @start_date AND @end_date
  GROUP BY date, country, platform
),
newcomers AS (
  SELECT
    first_day AS date,
    country,
    platform,
    COUNT(*) AS new_users
  FROM users
  WHERE first_day BETWEEN @start_date AND @end_date
  GROUP BY date, country, platform
)
SELECT
  actives.date,
  actives.country,
  actives.platform,
  actives.dau,
  actives.wau,
  actives.mau,
  IFNULL(newcomers.new_users, 0) AS new_users
FROM actives
LEFT JOIN newcomers
  ON newcomers.date = actives.date
  AND newcomers.country = actives.country
  AND newcomers.platform = actives.platform
