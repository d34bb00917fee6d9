-- The parameters of an event: those that the SDK adds to each, and its own.
CREATE MACRO common_params(name, in_session, automatic, session_id, session_number, shown, platform) AS
    CASE WHEN in_session THEN [
        int_param('ga_session_id', session_id),
        int_param('ga_session_number', session_number),
        int_param('engaged_session_event', 1),
        text_param('firebase_screen', shown),
        text_param(
            'firebase_screen_class',
            replace(shown, ' ', '') || CASE platform WHEN 'IOS' THEN 'ViewController' ELSE 'Activity' END
        ),
        text_param('firebase_event_origin', CASE WHEN automatic THEN 'auto' ELSE 'app' END)
    ] ELSE [text_param('firebase_event_origin', CASE WHEN name LIKE 'notification%' THEN 'fcm' ELSE 'auto' END)] END;

CREATE MACRO own_params(name, event_key, platform, terms, os_version, channel) AS
    CASE name
        WHEN 'take_photo' THEN [
            text_param('camera', CASE WHEN happens(event_key, 20, 580) THEN 'front' ELSE 'back' END),
            double_param('zoom', [1.0, 1.0, 1.0, 0.5, 2.0][1 + below(event_key, 21, 5)])
        ]
        WHEN 'apply_filter' THEN [text_param('filter_name', pick(event_key, 20, filter_urn()))]
        WHEN 'save_photo' THEN [text_param('format', CASE platform WHEN 'IOS' THEN 'heic' ELSE 'jpeg' END)]
        WHEN 'share_photo' THEN [text_param('network', pick(event_key, 20, network_urn()))]
        WHEN 'edit_photo' THEN [text_param('tool', pick(event_key, 20, tool_urn()))]
        WHEN 'record_video' THEN [int_param('duration_s', 2 + below(event_key, 20, 14) + below(event_key, 21, 15))]
        WHEN 'search' THEN [text_param('search_term', pick(event_key, 20, terms))]
        WHEN 'follow' THEN [text_param('source', ['feed', 'profile', 'search'][1 + below(event_key, 20, 3)])]
        WHEN 'like' THEN [text_param('content_type', CASE WHEN happens(event_key, 20, 900) THEN 'photo' ELSE 'video' END)]
        WHEN 'comment' THEN [int_param('length', 1 + below(event_key, 20, 80))]
        WHEN 'view_profile' THEN [int_param('own', happens(event_key, 20, 350)::INT)]
        WHEN 'screen_view' THEN [int_param('engagement_time_msec', 200 + below(event_key, 20, 6000))]
        WHEN 'user_engagement' THEN [int_param('engagement_time_msec', 1000 + below(event_key, 20, 30000))]
        WHEN 'first_open' THEN [int_param('previous_first_open_count', 0), int_param('update_with_analytics', 0)]
        WHEN 'app_update' THEN [text_param('previous_app_version', '1.0.0')]
        WHEN 'os_update' THEN [text_param('previous_os_version', ((os_version::DOUBLE)::INT - 1)::VARCHAR)]
        WHEN 'app_exception' THEN [int_param('fatal', happens(event_key, 20, 800)::INT)]
        WHEN 'firebase_campaign' THEN [
            text_param('source', channel.source),
            text_param('medium', channel.medium),
            text_param('campaign', channel.name)
        ]
        WHEN 'notification_open' THEN [text_param('message_name', pick(event_key, 20, message_urn()))]
        WHEN 'notification_receive' THEN [text_param('message_name', pick(event_key, 20, message_urn()))]
        WHEN 'notification_dismiss' THEN [text_param('message_name', pick(event_key, 20, message_urn()))]
        ELSE []
    END;

CREATE MACRO params_of(
    name, in_session, automatic, session_id, session_number, shown, platform, event_key, terms, os_version, channel
) AS (
    common_params(name, in_session, automatic, session_id, session_number, shown, platform)
    || own_params(name, event_key, platform, terms, os_version, channel)
)::event_params;
