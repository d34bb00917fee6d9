-- growth_by_platform: growth with countries added up.
-- Grain: date, platform. Read in place of growth by charts that tell no country apart.
-- Cost: one partition of growth a day.
SELECT
  date,
  platform,
  SUM(new_users_7d) AS new_users_7d,
  SUM(retained) AS retained,
  SUM(resurrected) AS resurrected,
  SUM(churned) AS churned
FROM growth
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, platform
