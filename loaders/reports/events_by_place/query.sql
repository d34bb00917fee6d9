-- events_by_place: events with versions added up.
-- Grain: date, event_name, country, platform. Read in place of events by charts that tell no version apart.
-- Cost: one partition of events a day.
SELECT
  date,
  event_name,
  country,
  platform,
  SUM(report.events) AS events,
  SUM(report.users) AS users
FROM events AS report
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, event_name, country, platform
