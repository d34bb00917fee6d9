-- retention: of the users who came first on a day, how many came again n days later.
-- Grain: first day, n, country, platform of the first day. Computed by the day on which users come again, so that a new
--   day adds its cells and touches no other; a cell without anybody is a row, too.
-- Cost: two columns of the day's user_days, four of users.
WITH newcomers AS (
  SELECT
    user_key,
    first_day,
    country,
    platform
  FROM users
  WHERE first_day BETWEEN DATE_SUB(@start_date, INTERVAL @last_day DAY) AND @end_date
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
cells AS (
  SELECT
    DATE_ADD(first_day, INTERVAL day_n DAY) AS date,
    first_day,
    day_n,
    country,
    platform,
    cohort_users
  FROM cohorts
  CROSS JOIN UNNEST(@day_ns) AS day_n
),
returns AS (
  SELECT
    user_days.date,
    first_day,
    newcomers.country,
    newcomers.platform,
    COUNT(*) AS returned
  FROM user_days
  JOIN newcomers
    ON newcomers.user_key = user_days.user_key
  WHERE user_days.date BETWEEN @start_date AND @end_date
  GROUP BY user_days.date, first_day, newcomers.country, newcomers.platform
)
SELECT
  cells.date,
  cells.first_day AS cohort_date,
  cells.day_n,
  cells.country,
  cells.platform,
  cells.cohort_users,
  IFNULL(returns.returned, 0) AS active_users
FROM cells
LEFT JOIN returns
  ON returns.date = cells.date
  AND returns.first_day = cells.first_day
  AND returns.country = cells.country
  AND returns.platform = cells.platform
WHERE cells.date BETWEEN @start_date AND @end_date
