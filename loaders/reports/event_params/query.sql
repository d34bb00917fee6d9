-- event_params: the values of the listed parameters, how often they were used and by how many users.
-- Grain: date, event, parameter, value, country, platform. Events stand where they happened; a user once per date, event,
--   parameter and value, where the user's last such event that day was, ties by the larger (country, platform).
-- Cost: eight columns of one partition of events_flat a day; the parameters there are the listed ones only.
WITH occurrences AS (
  SELECT
    events_flat.date,
    events_flat.event_name,
    param.key AS param_key,
    param.value AS param_value,
    user_key,
    country,
    platform,
    SUM(events_flat.events) AS events,
    MAX(event_timestamp) AS last_at
  FROM events_flat
  CROSS JOIN UNNEST(params) AS param
  WHERE events_flat.date BETWEEN @start_date AND @end_date
  GROUP BY events_flat.date, events_flat.event_name, param.key, param.value, user_key, country, platform
),
-- A day's values by how often they were used, ties by the value's bytes.
ranked_values AS (
  SELECT
    occurrences.date,
    occurrences.event_name,
    occurrences.param_key,
    occurrences.param_value,
    caps.top,
    ROW_NUMBER() OVER (
      PARTITION BY occurrences.date, occurrences.event_name, occurrences.param_key
      ORDER BY SUM(occurrences.events) DESC, occurrences.param_value
    ) AS value_rank
  FROM occurrences
  JOIN UNNEST(@caps) AS caps
    ON caps.event_name = occurrences.event_name
    AND caps.param_key = occurrences.param_key
  GROUP BY occurrences.date, occurrences.event_name, occurrences.param_key, occurrences.param_value, caps.top
),
rare_values AS (
  SELECT date, event_name, param_key, param_value
  FROM ranked_values
  WHERE value_rank > top
),
shown AS (
  SELECT
    occurrences.date,
    occurrences.event_name,
    occurrences.param_key,
    IF(rare_values.param_value IS NULL, occurrences.param_value, '(other)') AS shown_value,
    user_key,
    country,
    platform,
    events,
    last_at
  FROM occurrences
  LEFT JOIN rare_values
    ON rare_values.date = occurrences.date
    AND rare_values.event_name = occurrences.event_name
    AND rare_values.param_key = occurrences.param_key
    AND rare_values.param_value = occurrences.param_value
),
counts AS (
  SELECT
    date,
    event_name,
    param_key,
    shown_value,
    user_key,
    country,
    platform,
    SUM(events) AS events,
    MAX(last_at) AS last_at
  FROM shown
  GROUP BY date, event_name, param_key, shown_value, user_key, country, platform
),
placed_users AS (
  SELECT
    *,
    user_key IS NOT NULL AND ROW_NUMBER() OVER (
      PARTITION BY date, event_name, param_key, shown_value, user_key
      ORDER BY last_at DESC, country DESC, platform DESC
    ) = 1 AS is_last_place
  FROM counts
)
SELECT
  date,
  event_name,
  param_key,
  shown_value AS param_value,
  country,
  platform,
  SUM(events) AS events,
  COUNTIF(is_last_place) AS users
FROM placed_users
GROUP BY date, event_name, param_key, shown_value, country, platform
