-- One day in the columns of the GA4 export, in an order that is complete, so that equal runs write equal bytes.
CREATE MACRO ga4_day(the_day) AS TABLE
WITH described AS (
    FROM day_deliveries(the_day, NULL, the_day, the_day)
    ORDER BY micros, user, kind, i, delivery
)
SELECT
    (SELECT event_date FROM calendar WHERE day = the_day) AS event_date,
    micros AS event_timestamp,
    name AS event_name,
    params_of(
        name, in_session, automatic, session_id, session_number, shown, platform, event_key, terms,
        device.operating_system_version, traffic_source
    ) AS event_params,
    previous_micros AS event_previous_timestamp,
    NULL::DOUBLE AS event_value_in_usd,
    bundle AS event_bundle_sequence_id,
    300000 + below(event_key, 12, 2700000) AS event_server_timestamp_offset,
    CASE WHEN NOT keyless THEN user_id END AS user_id,
    CASE WHEN NOT keyless THEN pseudo_id END AS user_pseudo_id,
    CASE
        WHEN keyless THEN {'analytics_storage': 'No', 'ads_storage': 'No', 'uses_transient_token': 'No'}::privacy_info
        ELSE privacy_info
    END AS privacy_info,
    CASE WHEN keyless THEN []::user_properties ELSE user_properties END AS user_properties,
    CASE WHEN NOT keyless THEN first_touch END AS user_first_touch_timestamp,
    NULL::user_ltv AS user_ltv,
    device,
    geo,
    {
        'id': app, 'version': app_version, 'install_store': store, 'firebase_app_id': app_id, 'install_source': store
    }::app_info AS app_info,
    traffic_source,
    stream_id,
    platform,
    NULL::event_dimensions AS event_dimensions,
    NULL::ecommerce AS ecommerce,
    []::items AS items,
    CASE WHEN name = 'firebase_campaign' THEN {
        'manual_campaign_id': NULL, 'manual_campaign_name': traffic_source.name, 'manual_source': traffic_source.source,
        'manual_medium': traffic_source.medium, 'manual_term': NULL, 'manual_content': NULL, 'manual_source_platform': NULL,
        'manual_creative_format': NULL, 'manual_marketing_tactic': NULL, 'gclid': NULL, 'dclid': NULL, 'srsltid': NULL
    }::collected_traffic_source END AS collected_traffic_source,
    active AS is_active_user,
    batch_index AS batch_event_index,
    NULL::BIGINT AS batch_page_id,
    NULL::BIGINT AS batch_ordering_id,
    NULL::session_traffic_source_last_click AS session_traffic_source_last_click,
    NULL::publisher AS publisher,
    NULL::BIGINT AS event_original_occurrence_timestamp
FROM described;
