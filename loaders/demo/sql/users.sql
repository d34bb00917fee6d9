-- One row a user: who they are, when and where they came from, how long they stay.
-- Draws: salts 1–99 of the user's key.
CREATE TABLE users AS
WITH keyed AS (
    SELECT user, hash(xor(seed_key(), user::UBIGINT)) AS key FROM range(app_users()) people (user)
),
arrivals AS (
    SELECT
        user,
        key,
        -- Four in a hundred installed at the time of the open beta, and come back in the days after the launch.
        happens(key, 1, 40) AS beta,
        happens(key, 2, 32) AND NOT beta AS pushed,
        CASE
            WHEN beta THEN least(below(key, 3, 6), app_days() - 1)
            WHEN pushed THEN least(push_day() + [0, 0, 0, 0, 0, 0, 1, 1, 1, 2][1 + below(key, 4, 10)], app_days() - 1)
            ELSE pick(key, 5, install_urn())
        END AS first_day,
        CASE WHEN pushed THEN push_country() ELSE pick(key, 6, country_urn()) END AS country,
        pick(key, 7, release_urn()) AS release_offset
    FROM keyed
),
placed AS (
    SELECT
        arrivals.*,
        CASE WHEN happens(key, 8, android) THEN 'ANDROID' ELSE 'IOS' END AS platform,
        1 + below(key, 9, len(cities)) AS city,
        language
    FROM arrivals JOIN countries ON countries.id = arrivals.country
)
SELECT
    user,
    key,
    beta,
    pushed,
    first_day,
    country,
    city,
    platform,
    language,
    CASE platform
        WHEN 'ANDROID' THEN md5(seed_text() || ':' || user)
        ELSE upper(md5(seed_text() || ':' || user))
    END AS pseudo_id,
    CASE WHEN happens(key, 10, 350) THEN 'u-' || md5(seed_text() || ':account:' || user)[:16] END AS user_id,
    CASE platform WHEN 'ANDROID' THEN pick(key, 11, android_urn()) ELSE pick(key, 11, ios_urn()) END AS device,
    CASE platform
        WHEN 'ANDROID' THEN pick(key, 12, android_channel_urn())
        ELSE pick(key, 12, ios_channel_urn())
    END AS channel,
    below(key, 13, 1000000) AS loyalty,
    -- Takes are spread widely, as they are in every camera app; the mean is 1.
    [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.8, 2.9][1 + below(key, 14, 10)] AS keenness,
    happens(key, 15, 40) AS whole_seconds,
    happens(key, 16, 700) AS notified,
    happens(key, 17, 60) AS plus,
    happens(key, 18, 550) AS tracking_limited,
    -- A new install gets what the store offers; who came before gets the release when the roll-out reaches them.
    release_day() + release_offset AS offered_day,
    first_day >= release_day() + roll_out_days() OR coalesce(first_day >= offered_day, false) AS born_new,
    happens(key, 19, 150) AS travels,
    first_day + 1 + below(key, 20, 20) AS trip_start,
    2 + below(key, 21, 9) AS trip_days,
    pick(key, 22, country_urn()) AS drawn_country,
    CASE WHEN drawn_country = country THEN (country + 1) % 6 ELSE drawn_country END AS trip_country,
    -- Only Android tells when an app is removed.
    platform = 'ANDROID' AND happens(key, 23, 400) AS removes
FROM placed;
