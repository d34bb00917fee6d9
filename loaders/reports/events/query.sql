-- events: how often each product event happened, and to how many users.
-- Grain: date, event, country, platform, version. Events stand where they happened; a user once per date and event,
--   where the user's last such event that day was, ties by the larger (country, platform, version).
-- Cost: eight columns of one partition of events_flat a day.
WITH product_events AS (
  SELECT
    date,
    event_name,
    user_key,
    country,
    platform,
    app_version,
    SUM(events_flat.events) AS events,
    MAX(event_timestamp) AS last_at
  FROM events_flat
  WHERE date BETWEEN @start_date AND @end_date
    AND event_name NOT IN UNNEST(@excluded)
  GROUP BY date, event_name, user_key, country, platform, app_version
),
placed_users AS (
  SELECT
    *,
    user_key IS NOT NULL AND ROW_NUMBER() OVER (
      PARTITION BY date, event_name, user_key
      ORDER BY last_at DESC, country DESC, platform DESC, app_version DESC
    ) = 1 AS is_last_place
  FROM product_events
)
SELECT
  date,
  event_name,
  country,
  platform,
  app_version,
  SUM(events) AS events,
  COUNTIF(is_last_place) AS users
FROM placed_users
GROUP BY date, event_name, country, platform, app_version
