-- What the export repeats on every row of a user: device, properties, channel.
CREATE TABLE profiles AS
WITH touched AS (
    SELECT
        users.*,
        first.starts[1] * 1000000 + calendar.midnight_micros
            - CASE WHEN beta THEN (first_day + 1 + below(users.key, 40, 40)) * 86400000000 ELSE 0 END AS first_touch
    FROM users
    JOIN user_days first ON first.user = users.user AND first.day = users.first_day
    JOIN calendar ON calendar.day = users.first_day
)
SELECT
    user,
    pseudo_id,
    user_id,
    touched.platform,
    coalesce(searches.terms, (SELECT terms FROM searches WHERE spoken = 'en')) AS terms,
    first_touch,
    keenness,
    whole_seconds,
    first_day,
    touched.country,
    city,
    trip_country,
    beta,
    born_new,
    pushed OR channels.medium IN ('cpc', 'paid_social') AS campaigned,
    [
        property('first_open_time', NULL, (first_touch // 3600000000 + 1) * 3600000, first_touch),
        property('plan', CASE WHEN plus THEN 'plus' ELSE 'free' END, NULL, first_touch),
        property('notifications', CASE WHEN notified THEN 'allowed' ELSE 'denied' END, NULL, first_touch)
    ]::user_properties AS user_properties,
    {
        'category': 'mobile',
        'mobile_brand_name': devices.brand,
        'mobile_model_name': devices.model,
        'mobile_marketing_name': devices.marketing,
        'mobile_os_hardware_model': devices.model,
        'operating_system': CASE touched.platform WHEN 'IOS' THEN 'iOS' ELSE 'Android' END,
        'operating_system_version': devices.os_version,
        'vendor_id': CASE touched.platform WHEN 'IOS' THEN upper(md5('vendor:' || pseudo_id)) END,
        'advertising_id': NULL,
        'language': touched.language,
        'is_limited_ad_tracking': CASE WHEN tracking_limited THEN 'Yes' ELSE 'No' END,
        'time_zone_offset_seconds': countries.utc_minutes * 60,
        'browser': NULL,
        'browser_version': NULL,
        'web_info': NULL
    }::device AS device,
    CASE touched.platform WHEN 'IOS' THEN 'app.groundup.Camera' ELSE 'app.groundup.camera' END AS app,
    '1:401923847561:' || CASE touched.platform WHEN 'IOS' THEN 'ios:5c1f0b7a9d3e2468' ELSE 'android:9f3b6d0c1a7e5824' END
        AS app_id,
    devices.store,
    CASE touched.platform WHEN 'IOS' THEN '1440100002' ELSE '1440100001' END AS stream_id,
    CASE
        WHEN pushed THEN {'name': push_campaign(), 'medium': 'paid_social', 'source': 'instagram'}
        ELSE {'name': channels.name, 'medium': channels.medium, 'source': channels.source}
    END::traffic_source AS traffic_source,
    {
        'analytics_storage': 'Yes',
        'ads_storage': CASE WHEN tracking_limited THEN 'No' ELSE 'Yes' END,
        'uses_transient_token': 'No'
    }::privacy_info AS privacy_info
FROM touched
JOIN countries ON countries.id = touched.country
JOIN devices ON devices.id = touched.device
JOIN channels ON channels.id = touched.channel
LEFT JOIN searches ON searches.spoken = split_part(touched.language, '-', 1);

-- The cities of a country, as the export describes a place.
CREATE TABLE places AS
SELECT
    id,
    [
        {
            'city': split_part(city, '/', 2), 'country': name, 'continent': continent, 'region': split_part(city, '/', 1),
            'sub_continent': sub_continent, 'metro': '(not set)'
        }::geo
        FOR city IN cities
    ] AS places
FROM countries;
