-- places: how often anything happened in each country: events with all but the day, the country and the platform added up.
-- Grain: date, country, platform. Users of several events may be the same ones, so there are none here.
-- Cost: one partition of events a day.
SELECT
  date,
  country,
  platform,
  SUM(report.events) AS events
FROM events AS report
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, country, platform
