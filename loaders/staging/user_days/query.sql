-- user_days: who was active on which day, and where.
-- Grain: one row per user and day; country and platform are those of the day's last active event,
--   ties by the larger (country, platform).
-- Cost: one partition of events_flat per day, six columns.
WITH active_events AS (
  SELECT
    date,
    user_key,
    country,
    platform,
    MAX(event_timestamp) AS last_at
  FROM events_flat
  WHERE date BETWEEN @start_date AND @end_date
    AND user_key IS NOT NULL
    AND event_name NOT IN UNNEST(@background_events)
  GROUP BY date, user_key, country, platform
)
SELECT
  date,
  user_key,
  country,
  platform
FROM active_events
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY date, user_key
  ORDER BY last_at DESC, country DESC, platform DESC
) = 1
