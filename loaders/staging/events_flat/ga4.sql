-- events_flat from today's GA4/Firebase export.
-- Grain: day, source, event name, user, country, platform, version, listed parameters. Events that have all of them in
--   common are one row that counts them, and keeps when the last one happened: a fraction of the rows, and of the bytes.
-- Cost: the only statement that reads the export. Days are named by _TABLE_SUFFIX, so each is billed once, for seven columns.
WITH delivered AS (
  SELECT
    PARSE_DATE('%Y%m%d', _TABLE_SUFFIX) AS date,
    @source AS source,
    event_timestamp,
    IFNULL(NULLIF(RTRIM(event_name, ' '), ''), '(unknown)') AS event_name,
    NULLIF(user_pseudo_id, '') AS user_key,
    IFNULL(renamed.alias, IFNULL(NULLIF(RTRIM(geo.country, ' '), ''), '(unknown)')) AS country,
    IFNULL(NULLIF(UPPER(RTRIM(platform, ' ')), ''), '(unknown)') AS platform,
    IFNULL(NULLIF(RTRIM(app_info.version, ' '), ''), '(unknown)') AS app_version,
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
      FROM UNNEST(event_params) AS param
      WHERE CONCAT(RTRIM(event_name, ' '), '.', param.key) IN UNNEST(@event_params)
      ORDER BY key, value
    ) AS params
  FROM `export.events_*`
  LEFT JOIN UNNEST(@country_aliases) AS renamed
    ON renamed.name = RTRIM(geo.country, ' ')
  WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
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
