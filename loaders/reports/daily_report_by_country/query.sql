-- daily_report_by_country: daily_report with platforms added up.
-- Grain: date, country. Read in place of daily_report by charts that tell no platform apart.
-- Cost: one partition of daily_report a day.
SELECT
  date,
  country,
  SUM(dau) AS dau,
  SUM(wau) AS wau,
  SUM(mau) AS mau,
  SUM(new_users) AS new_users,
  SUM(takes) AS takes,
  SUM(dau_prev_day) AS dau_prev_day,
  SUM(dau_prev_week) AS dau_prev_week,
  SUM(wau_prev_day) AS wau_prev_day,
  SUM(wau_prev_week) AS wau_prev_week,
  SUM(mau_prev_day) AS mau_prev_day,
  SUM(mau_prev_week) AS mau_prev_week,
  SUM(new_users_prev_day) AS new_users_prev_day,
  SUM(new_users_prev_week) AS new_users_prev_week,
  SUM(takes_prev_day) AS takes_prev_day,
  SUM(takes_prev_week) AS takes_prev_week
FROM daily_report
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, country
