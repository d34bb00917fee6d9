-- One day of one platform in the columns of the Firebase export of 2017: one row a bundle, as sent on `the_day`, and so
-- with the last events of the day before of those who were offline at night; see day_events for `since` and `until`.
CREATE MACRO firebase_day(the_day, the_platform, since, until) AS TABLE
WITH sent AS (
    SELECT
        *,
        bundle + 2 * (the_day - day) AS sequence_id,
        CASE WHEN NOT in_session THEN kind END AS lonely_kind
    FROM day_deliveries(the_day, the_platform, since, until)
),
bundles AS (
    -- What differs within a bundle of GA4, such as the network that it came over, makes bundles of their own here.
    SELECT
        user,
        sequence_id,
        lonely_kind,
        keyless,
        elsewhere,
        delivery,
        min(micros) AS first_micros,
        min(event_key) AS bundle_key,
        any_value(geo) AS geo,
        any_value(app_version) AS app_version,
        list({
            'date': event_date,
            'name': name,
            'params': params_of(
                name, in_session, automatic, session_id, session_number, shown, platform, event_key, terms,
                device.operating_system_version, traffic_source
            ),
            'timestamp_micros': micros,
            'previous_timestamp_micros': previous_micros,
            'value_in_usd': NULL::DOUBLE
        } ORDER BY micros, kind, i) AS event_dim
    FROM sent
    GROUP BY user, sequence_id, lonely_kind, keyless, elsewhere, delivery
)
SELECT
    {
        'user_id': CASE WHEN NOT keyless THEN user_id END,
        'first_open_timestamp_micros': CASE WHEN NOT keyless THEN first_touch END,
        'user_properties': CASE WHEN keyless THEN [] ELSE [
            {
                'key': p.key,
                'value': {
                    'value': {
                        'string_value': p.value.string_value,
                        'int_value': p.value.int_value,
                        'float_value': p.value.float_value,
                        'double_value': p.value.double_value
                    },
                    'set_timestamp_usec': p.value.set_timestamp_micros,
                    'index': position
                }
            }
            FOR p, position IN user_properties
        ] END,
        'device_info': {
            'device_category': device.category,
            'mobile_brand_name': device.mobile_brand_name,
            'mobile_model_name': device.mobile_model_name,
            'mobile_marketing_name': device.mobile_marketing_name,
            'device_model': device.mobile_os_hardware_model,
            'platform_version': device.operating_system_version,
            'device_id': device.vendor_id,
            'resettable_device_id': device.advertising_id,
            'user_default_language': device.language,
            'device_time_zone_offset_seconds': device.time_zone_offset_seconds,
            'limited_ad_tracking': device.is_limited_ad_tracking = 'Yes'
        },
        'geo_info': CASE WHEN geo IS NOT NULL THEN {
            'continent': geo.continent,
            -- Google took the new name years after 2017.
            'country': CASE geo.country WHEN 'Türkiye' THEN 'Turkey' ELSE geo.country END,
            'region': geo.region,
            'city': geo.city
        } END,
        'app_info': {
            'app_version': app_version,
            'app_instance_id': CASE WHEN NOT keyless THEN pseudo_id END,
            'app_store': store,
            'app_platform': platform,
            'app_id': app
        },
        'traffic_source': {
            'user_acquired_campaign': traffic_source.name,
            'user_acquired_source': traffic_source.source,
            'user_acquired_medium': traffic_source.medium
        },
        'bundle_info': {
            'bundle_sequence_id': sequence_id,
            'server_timestamp_offset_micros': 300000 + below(bundle_key, 12, 2700000)
        },
        'ltv_info': NULL
    }::user_dim AS user_dim,
    event_dim::event_dim AS event_dim
FROM bundles JOIN profiles USING (user)
ORDER BY first_micros, user, sequence_id, lonely_kind, keyless, elsewhere, delivery;
