-- events_by_version: events with countries added up.
-- Grain: date, event_name, platform, app_version. Read in place of events by charts that tell no country apart.
-- Cost: one partition of events a day.
SELECT
  date,
  event_name,
  platform,
  app_version,
  SUM(report.events) AS events,
  SUM(report.users) AS users
FROM events AS report
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, event_name, platform, app_version
