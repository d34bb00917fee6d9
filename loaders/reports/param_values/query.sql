-- param_values: event_params with countries added up.
-- Grain: date, event, parameter, value, platform. Read in place of event_params by charts that tell no country apart.
-- Cost: one partition of event_params a day.
SELECT
  date,
  event_name,
  param_key,
  param_value,
  platform,
  SUM(report.events) AS events,
  SUM(report.users) AS users
FROM event_params AS report
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, event_name, param_key, param_value, platform
