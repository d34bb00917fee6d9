-- One row an event of one day and, if `the_day` comes after `since`, of those users of the day before whose last session
-- was not sent until `the_day`; of one platform, or of all if it is NULL. Nothing waits on the day `until`.
-- What happened, when, where: what the two export schemas have in common.
-- Draws: salt 100 + kind * 1000 + i of the day's key gives the event's key; salts 1–99 of that.
CREATE MACRO day_events(the_day, the_platform, since, until) AS TABLE
WITH people AS (
    SELECT
        user_days.*,
        midnight_micros,
        event_date,
        keenness,
        whole_seconds,
        campaigned,
        first_day,
        beta,
        platform = 'ANDROID' AND NOT removed AS can_notify,
        -- A good day brings twice as much as another; the mean is 1.
        keenness * [0.0, 0.5, 1.0, 1.0, 1.5, 2.0][1 + below(key, 9, 6)] AS mood
    FROM user_days JOIN profiles USING (user) JOIN calendar USING (day)
    WHERE (day = the_day OR (day = the_day - 1 AND day >= since AND offline_at_night))
        AND (the_platform IS NULL OR platform = the_platform)
),
counts AS (
    SELECT
        people.*,
        kinds.* EXCLUDE (per_mille, personal, lifted),
        CASE rule
            WHEN 'mean' THEN
                CASE WHEN active THEN floor(
                    per_mille / 1000.0
                    * CASE WHEN personal THEN mood ELSE 1.0 END
                    * CASE WHEN lifted AND on_new THEN 1.2 ELSE 1.0 END
                    + fraction(key, 10 + kind)
                ) ELSE 0 END
            WHEN 'session' THEN sessions
            WHEN 'install' THEN (day = first_day AND NOT beta)::INT
            WHEN 'campaign' THEN (day = first_day AND campaigned AND NOT beta)::INT
            WHEN 'update' THEN updated::INT
            WHEN 'removal' THEN removed::INT
            WHEN 'notification' THEN
                (can_notify AND (NOT active OR happens(key, 10 + kind, per_mille)))::INT
            WHEN 'dismissal' THEN (can_notify AND happens(key, 10 + kind, per_mille))::INT
        END::INT AS times
    FROM people CROSS JOIN kinds
),
drawn AS (
    SELECT
        *,
        draw(key, 100 + kind * 1000 + i) AS event_key,
        -- Where in the day's use, as a fraction: bursts of kinds follow each other photo by photo.
        CASE WHEN exact THEN i::DOUBLE ELSE i + (phase + fraction(event_key, 1) * 20) / 120.0 END / times AS progress
    FROM (SELECT *, rule <> 'mean' AS exact, unnest(range(times)) AS i FROM counts)
),
timed AS (
    SELECT
        *,
        CASE WHEN in_session THEN floor(progress * sessions)::INT END AS session,
        midnight_micros + CASE
            WHEN in_session THEN
                starts[1 + session] * 1000000
                + floor((progress * sessions - session) * (90 + below(key, 50 + session, 900)) * 1000)::BIGINT * 1000
                + CASE WHEN exact THEN 0 ELSE below(event_key, 2, 1000) END
            ELSE below(event_key, 3, 86400000) * 1000 + below(event_key, 2, 1000)
        END AS exact_micros
    FROM drawn
)
SELECT
    user,
    day,
    event_date,
    event_key,
    name,
    kind,
    i,
    screen,
    automatic,
    in_session,
    active,
    on_new,
    place,
    leaves OR returns AS on_the_road,
    -- On the day of a journey the country changes with the hour.
    CASE
        WHEN leaves THEN exact_micros - midnight_micros >= (30000 + below(key, 60, 40000)) * 1000000
        WHEN returns THEN exact_micros - midnight_micros < (30000 + below(key, 60, 40000)) * 1000000
        ELSE away
    END AS abroad,
    CASE WHEN whole_seconds THEN exact_micros // 1000000 * 1000000 ELSE exact_micros END AS micros,
    CASE WHEN in_session THEN midnight_micros // 1000000 + starts[1 + session] END AS session_id,
    CASE WHEN in_session THEN sessions_before + session + 1 END AS session_number,
    day + (offline_at_night AND in_session AND session = sessions - 1 AND day < until)::INT AS sent_day,
    -- Without consent an event carries no key. Starts of sessions always have one, so nobody disappears.
    name NOT IN ('session_start', 'first_open') AND happens(event_key, 4, 1) AS keyless
FROM timed;
