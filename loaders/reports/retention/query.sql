-- retention: of the users who came first on a day, how many came again n days later.
-- Grain: first day, n, country, platform of the first day. A cell exists when its day is loaded: a true zero is a row.
-- Cost: four columns of users, and of user_days two columns of the cohorts' days and the @last_day days after them.
WITH newcomers AS (
  SELECT
    user_key,
    first_day,
    country,
    platform
  FROM users
  WHERE first_day BETWEEN @start_date AND @end_date
),
cohorts AS (
  SELECT
    first_day,
    country,
    platform,
    COUNT(*) AS cohort_users
  FROM newcomers
  GROUP BY first_day, country, platform
),
loaded AS (
  SELECT DISTINCT date
  FROM days
  WHERE date BETWEEN @start_date AND DATE_ADD(@end_date, INTERVAL @last_day DAY)
),
cells AS (
  SELECT
    first_day,
    day_n,
    country,
    platform,
    cohort_users
  FROM cohorts
  CROSS JOIN UNNEST(@day_ns) AS day_n
  JOIN loaded
    ON loaded.date = DATE_ADD(first_day, INTERVAL day_n DAY)
),
returns AS (
  SELECT
    first_day,
    DATE_DIFF(user_days.date, first_day, DAY) AS day_n,
    newcomers.country,
    newcomers.platform,
    COUNT(*) AS returned
  FROM newcomers
  JOIN user_days
    ON user_days.user_key = newcomers.user_key
  WHERE user_days.date BETWEEN @start_date AND DATE_ADD(@end_date, INTERVAL @last_day DAY)
  GROUP BY first_day, day_n, newcomers.country, newcomers.platform
)
SELECT
  cells.first_day AS cohort_date,
  cells.day_n,
  cells.country,
  cells.platform,
  cells.cohort_users,
  IFNULL(returns.returned, 0) AS active_users
FROM cells
LEFT JOIN returns
  ON returns.first_day = cells.first_day
  AND returns.day_n = cells.day_n
  AND returns.country = cells.country
  AND returns.platform = cells.platform
