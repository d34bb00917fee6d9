-- users: when and where each user was first active.
-- Grain: one row per user.
-- Cost: four columns of user_days, all partitions, once per load that changed any of them.
SELECT
  user_key,
  MIN(date) AS first_day,
  ANY_VALUE(country HAVING MIN date) AS country,
  ANY_VALUE(platform HAVING MIN date) AS platform
FROM user_days
GROUP BY user_key
