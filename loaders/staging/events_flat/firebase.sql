-- events_flat from the Firebase export of 2017.
-- Grain: as in ga4.sql; a bundle's events may belong to several days, event_dim.date decides.
-- Cost: the only statement that reads the export. A bundle arrives up to @final_after_days after its events, so as many
--   more daily tables are read, six columns each.
WITH delivered AS (
  SELECT
    PARSE_DATE('%Y%m%d', event.date) AS date,
    @source AS source,
    event.timestamp_micros AS event_timestamp,
    IFNULL(NULLIF(RTRIM(event.name, ' '), ''), '(unknown)') AS event_name,
    NULLIF(user_dim.app_info.app_instance_id, '') AS user_key,
    IFNULL(renamed.alias, IFNULL(NULLIF(RTRIM(user_dim.geo_info.country, ' '), ''), '(unknown)')) AS country,
    IFNULL(NULLIF(UPPER(RTRIM(user_dim.app_info.app_platform, ' ')), ''), '(unknown)') AS platform,
    IFNULL(NULLIF(RTRIM(user_dim.app_info.app_version, ' '), ''), '(unknown)') AS app_version,
    -- A value that an event holds twice counts once; in order, so that events with the same values are alike.
    ARRAY(
      SELECT DISTINCT AS STRUCT
        param.key AS key,
        IFNULL(
          NULLIF(
            RTRIM(
              SUBSTR(
                RTRIM(
                  COALESCE(
                    param.value.string_value,
                    CAST(param.value.int_value AS STRING),
                    -- A whole number has no decimals, and no exponent either.
                    CAST(
                      IF(
                        TRUNC(COALESCE(param.value.double_value, param.value.float_value))
                          = COALESCE(param.value.double_value, param.value.float_value),
                        SAFE_CAST(COALESCE(param.value.double_value, param.value.float_value) AS INT64),
                        NULL
                      ) AS STRING
                    ),
                    CAST(COALESCE(param.value.double_value, param.value.float_value) AS STRING)
                  ),
                  ' '
                ),
                1,
                255
              ),
              ' '
            ),
            ''
          ),
          '(unknown)'
        ) AS value
      FROM UNNEST(event.params) AS param
      WHERE CONCAT(RTRIM(event.name, ' '), '.', param.key) IN UNNEST(@event_params)
      ORDER BY key, value
    ) AS params
  FROM `export.app_events_*`
  CROSS JOIN UNNEST(event_dim) AS event
  LEFT JOIN UNNEST(@country_aliases) AS renamed
    ON renamed.name = RTRIM(user_dim.geo_info.country, ' ')
  WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date)
      AND FORMAT_DATE('%Y%m%d', DATE_ADD(@end_date, INTERVAL @final_after_days DAY))
    AND event.date BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
)
SELECT
  date,
  source,
  MAX(event_timestamp) AS event_timestamp,
  event_name,
  user_key,
  country,
  platform,
  app_version,
  params,
  COUNT(*) AS events
FROM delivered
GROUP BY date, source, event_name, user_key, country, platform, app_version, params
