-- param_places: event_params with values added up.
-- Grain: date, event, parameter, country, platform. Users of several values may be the same ones, so there are none here.
-- Cost: one partition of event_params a day.
SELECT
  date,
  event_name,
  param_key,
  country,
  platform,
  SUM(report.events) AS events
FROM event_params AS report
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, event_name, param_key, country, platform
