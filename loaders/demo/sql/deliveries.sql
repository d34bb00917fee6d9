-- One row a delivery of an event that is sent on `the_day` (see day_events), with its place and what its parameters are
-- made of.
CREATE MACRO day_deliveries(the_day, the_platform, since, until) AS TABLE
WITH bundled AS (
    SELECT
        *,
        -- A bundle is sent at the end of a session; what happens in the background travels alone.
        coalesce(2 * session_number, 2 * i + 1) AS bundle
    FROM day_events(the_day, the_platform, since, until)
),
ordered AS (
    SELECT
        *,
        lag(micros) OVER (PARTITION BY user, day, kind ORDER BY micros, i) AS previous_micros,
        row_number() OVER (PARTITION BY user, day, bundle ORDER BY micros, kind, i) AS batch_index
    FROM bundled
),
delivered AS (
    -- Bundles are sometimes sent twice, on a journey often, and then over the other network.
    SELECT
        *,
        unnest(range(1 + happens(event_key, 11, CASE WHEN on_the_road THEN 120 ELSE 4 END)::INT)) AS delivery,
        abroad <> (delivery = 1 AND on_the_road) AS elsewhere
    FROM ordered
    WHERE sent_day = the_day
)
SELECT
    delivered.*,
    profiles.* EXCLUDE (user),
    CASE
        -- A place that the export does not know is NULL or empty.
        WHEN place = 'missing' THEN NULL::geo
        WHEN place = 'empty' THEN
            {'city': '', 'country': '', 'continent': '', 'region': '', 'sub_continent': '', 'metro': '(not set)'}::geo
        -- A journey leads to the first city of its country.
        WHEN elsewhere THEN away.places[1]
        ELSE home.places[city]
    END AS geo,
    coalesce(screen, pick(event_key, 10, screen_urn())) AS shown,
    CASE WHEN on_new THEN '1.1.0' ELSE '1.0.0' END AS app_version
FROM delivered
JOIN profiles USING (user)
JOIN places home ON home.id = profiles.country
JOIN places away ON away.id = profiles.trip_country;
