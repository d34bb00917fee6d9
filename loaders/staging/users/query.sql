-- users: when and where each user was first active.
-- Grain: one row per user. Whoever came before @start_date keeps the row that is there; the others are counted anew.
-- Cost: four columns of user_days from @start_date on, two of users: on an ordinary night, a day or a few.
WITH known AS (
  SELECT user_key
  FROM users
  WHERE first_day < @start_date
)
SELECT
  user_days.user_key,
  MIN(date) AS first_day,
  ANY_VALUE(user_days.country HAVING MIN date) AS country,
  ANY_VALUE(user_days.platform HAVING MIN date) AS platform
FROM user_days
LEFT JOIN known
  ON known.user_key = user_days.user_key
WHERE date BETWEEN @start_date AND @end_date
  AND known.user_key IS NULL
GROUP BY user_days.user_key
