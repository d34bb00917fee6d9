-- One row a user and day on which anything is logged, in use or in the background.
-- Draws: salt 1000 + day of the user's key gives the day's key; salts 1–99 of that.
CREATE TABLE user_days AS
WITH possible AS (
    SELECT
        users.*,
        calendar.day,
        calendar.use,
        draw(users.key, 1000 + calendar.day) AS day_key,
        loyalty < ages.using AS uses,
        loyalty >= ages.using AND loyalty < ages.using_before AS left_today,
        calendar.day = first_day OR (uses AND below(day_key, 1, 1000000) < ages.frequency * calendar.use) AS active
    FROM users
    JOIN calendar ON calendar.day >= users.first_day
    JOIN ages ON ages.age = calendar.day - users.first_day
),
lives AS (
    SELECT
        user,
        day,
        day_key AS key,
        active,
        left_today AND removes AS removed,
        -- Who no longer opens the app may still have it, and it may still be allowed to call. Only Android tells.
        platform = 'ANDROID' AND notified AND NOT active AND CASE
            WHEN uses THEN happens(day_key, 2, 300)
            ELSE NOT left_today AND NOT removes AND happens(day_key, 2, 50)
        END AS only_notified,
        offered_day
    FROM possible
),
seen AS (
    SELECT
        lives.*,
        CASE WHEN active THEN [1, 1, 1, 1, 1, 2, 2, 2, 3, 4][1 + below(key, 3, 10)] ELSE 0 END AS sessions,
        CASE WHEN happens(key, 4, 3) THEN 'missing' WHEN happens(key, 5, 2) THEN 'empty' ELSE 'known' END AS place
    FROM lives
    WHERE active OR removed OR only_notified
),
counted AS (
    SELECT
        seen.user,
        seen.day,
        seen.key,
        active,
        removed,
        sessions,
        place,
        sum(sessions) OVER earlier AS sessions_before,
        born_new OR coalesce(seen.day >= seen.offered_day, false) AS on_new,
        NOT born_new AND seen.day =
            min(seen.day) FILTER (active AND seen.day >= seen.offered_day) OVER (PARTITION BY seen.user) AS updated,
        travels AND seen.day BETWEEN trip_start AND trip_start + trip_days AS away,
        travels AND seen.day = trip_start AS leaves,
        travels AND seen.day = trip_start + trip_days AS returns
    FROM seen JOIN users USING (user)
    WINDOW earlier AS (PARTITION BY seen.user ORDER BY seen.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT
    counted.* EXCLUDE (sessions_before),
    coalesce(sessions_before, 0)::BIGINT + CASE WHEN beta THEN 3 + below(users.key, 30, 40) ELSE 0 END
        AS sessions_before,
    -- People open the app by the clock on their wall; the day is the property's. Sessions are 75 minutes to 5 hours apart.
    list_sort([
        (
            pick(counted.key, 6, hour_urn()) * 3600 + below(counted.key, 7, 3600)
            + (property_minutes() - utc_minutes + 1440) * 60
            + session * (4500 + below(counted.key, 8, 13500))
        ) % 85000
        FOR session IN range(sessions)
    ]) AS starts,
    -- Now and then the phone is offline at night, and the day's last session is sent with the next day's first.
    coalesce(
        happens(counted.key, 70, 50)
            AND lead(day) OVER following = day + 1
            AND sessions > 0 AND lead(sessions) OVER following > 0
            AND NOT away AND NOT lead(away) OVER following
            AND place = 'known' AND lead(place) OVER following = 'known'
            AND on_new = lead(on_new) OVER following,
        false
    ) AS offline_at_night
FROM counted
JOIN users USING (user)
JOIN countries ON countries.id = users.country
WINDOW following AS (PARTITION BY user ORDER BY day);
