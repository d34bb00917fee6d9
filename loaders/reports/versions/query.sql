-- versions: how often anything happened in each version: events with all but the day and the version added up.
-- Grain: date, app_version. Users of several events may be the same ones, so there are none here.
-- Cost: one partition of events a day.
SELECT
  date,
  app_version,
  SUM(report.events) AS events
FROM events AS report
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, app_version
