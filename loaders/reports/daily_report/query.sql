-- daily_report: the company's morning table, each figure beside those of the day before and of the week before.
-- Grain: date, country, platform; a row wherever any of the three days has a figure, so that sums over rows are right.
-- Cost: active_users and events, both small, of the days and the seven days before.
WITH loaded AS (
  SELECT DISTINCT date
  FROM days
  WHERE date BETWEEN DATE_SUB(@start_date, INTERVAL 7 DAY) AND @end_date
),
-- Not named takes: GoogleSQL would read the column of that name as the whole row.
take_counts AS (
  SELECT
    date,
    country,
    platform,
    SUM(report.events) AS takes
  FROM events AS report
  WHERE date BETWEEN DATE_SUB(@start_date, INTERVAL 7 DAY) AND @end_date
    AND event_name IN UNNEST(@take_events)
  GROUP BY date, country, platform
),
figures AS (
  SELECT date, country, platform, dau, wau, mau, new_users, 0 AS takes
  FROM active_users
  WHERE date BETWEEN DATE_SUB(@start_date, INTERVAL 7 DAY) AND @end_date
  UNION ALL
  SELECT date, country, platform, 0, 0, 0, 0, takes
  FROM take_counts
),
-- Each day's figures are needed three times: for itself, for the day after, for the week after.
compared AS (
  SELECT
    DATE_ADD(figures.date, INTERVAL days_ago DAY) AS date,
    days_ago,
    country,
    platform,
    dau,
    wau,
    mau,
    new_users,
    takes
  FROM figures
  CROSS JOIN UNNEST([0, 1, 7]) AS days_ago
),
-- A day outside the loaded range has no figures; a loaded day without users has zeros.
calendar AS (
  SELECT
    loaded.date,
    day_before.date IS NOT NULL AS has_day_before,
    week_before.date IS NOT NULL AS has_week_before
  FROM loaded
  LEFT JOIN loaded AS day_before ON day_before.date = DATE_SUB(loaded.date, INTERVAL 1 DAY)
  LEFT JOIN loaded AS week_before ON week_before.date = DATE_SUB(loaded.date, INTERVAL 7 DAY)
  WHERE loaded.date BETWEEN @start_date AND @end_date
)
SELECT
  calendar.date,
  country,
  platform,
  SUM(IF(days_ago = 0, dau, 0)) AS dau,
  SUM(IF(days_ago = 0, wau, 0)) AS wau,
  SUM(IF(days_ago = 0, mau, 0)) AS mau,
  SUM(IF(days_ago = 0, new_users, 0)) AS new_users,
  SUM(IF(days_ago = 0, takes, 0)) AS takes,
  IF(has_day_before, SUM(IF(days_ago = 1, dau, 0)), NULL) AS dau_prev_day,
  IF(has_week_before, SUM(IF(days_ago = 7, dau, 0)), NULL) AS dau_prev_week,
  IF(has_day_before, SUM(IF(days_ago = 1, wau, 0)), NULL) AS wau_prev_day,
  IF(has_week_before, SUM(IF(days_ago = 7, wau, 0)), NULL) AS wau_prev_week,
  IF(has_day_before, SUM(IF(days_ago = 1, mau, 0)), NULL) AS mau_prev_day,
  IF(has_week_before, SUM(IF(days_ago = 7, mau, 0)), NULL) AS mau_prev_week,
  IF(has_day_before, SUM(IF(days_ago = 1, new_users, 0)), NULL) AS new_users_prev_day,
  IF(has_week_before, SUM(IF(days_ago = 7, new_users, 0)), NULL) AS new_users_prev_week,
  IF(has_day_before, SUM(IF(days_ago = 1, takes, 0)), NULL) AS takes_prev_day,
  IF(has_week_before, SUM(IF(days_ago = 7, takes, 0)), NULL) AS takes_prev_week
FROM calendar
JOIN compared ON compared.date = calendar.date
GROUP BY calendar.date, country, platform, has_day_before, has_week_before
