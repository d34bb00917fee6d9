-- active_users_by_country: active_users with platforms added up.
-- Grain: date, country. Read in place of active_users by charts that tell no platform apart.
-- Cost: one partition of active_users a day.
SELECT
  date,
  country,
  SUM(dau) AS dau,
  SUM(wau) AS wau,
  SUM(mau) AS mau,
  SUM(new_users) AS new_users
FROM active_users
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, country
