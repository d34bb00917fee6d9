-- The nested columns of today's GA4 export (support.google.com/analytics/answer/7029846), typed as BigQuery exports them.
CREATE TYPE event_params AS STRUCT("key" VARCHAR, "value" STRUCT(
    string_value VARCHAR, int_value BIGINT, float_value DOUBLE, double_value DOUBLE))[];
CREATE TYPE user_properties AS STRUCT("key" VARCHAR, "value" STRUCT(
    string_value VARCHAR, int_value BIGINT, float_value DOUBLE, double_value DOUBLE, set_timestamp_micros BIGINT))[];
CREATE TYPE privacy_info AS STRUCT(analytics_storage VARCHAR, ads_storage VARCHAR, uses_transient_token VARCHAR);
CREATE TYPE user_ltv AS STRUCT(revenue DOUBLE, currency VARCHAR);
CREATE TYPE device AS STRUCT(
    category VARCHAR, mobile_brand_name VARCHAR, mobile_model_name VARCHAR, mobile_marketing_name VARCHAR,
    mobile_os_hardware_model VARCHAR, operating_system VARCHAR, operating_system_version VARCHAR, vendor_id VARCHAR,
    advertising_id VARCHAR, "language" VARCHAR, is_limited_ad_tracking VARCHAR, time_zone_offset_seconds BIGINT,
    browser VARCHAR, browser_version VARCHAR,
    web_info STRUCT(browser VARCHAR, browser_version VARCHAR, hostname VARCHAR));
CREATE TYPE geo AS STRUCT(
    city VARCHAR, country VARCHAR, continent VARCHAR, region VARCHAR, sub_continent VARCHAR, metro VARCHAR);
CREATE TYPE app_info AS STRUCT(
    id VARCHAR, "version" VARCHAR, install_store VARCHAR, firebase_app_id VARCHAR, install_source VARCHAR);
CREATE TYPE traffic_source AS STRUCT("name" VARCHAR, medium VARCHAR, source VARCHAR);
CREATE TYPE event_dimensions AS STRUCT(hostname VARCHAR);
CREATE TYPE ecommerce AS STRUCT(
    total_item_quantity BIGINT, purchase_revenue_in_usd DOUBLE, purchase_revenue DOUBLE, refund_value_in_usd DOUBLE,
    refund_value DOUBLE, shipping_value_in_usd DOUBLE, shipping_value DOUBLE, tax_value_in_usd DOUBLE, tax_value DOUBLE,
    unique_items BIGINT, transaction_id VARCHAR);
CREATE TYPE items AS STRUCT(
    item_id VARCHAR, item_name VARCHAR, item_brand VARCHAR, item_variant VARCHAR, item_category VARCHAR,
    item_category2 VARCHAR, item_category3 VARCHAR, item_category4 VARCHAR, item_category5 VARCHAR, price_in_usd DOUBLE,
    price DOUBLE, quantity BIGINT, item_revenue_in_usd DOUBLE, item_revenue DOUBLE, item_refund_in_usd DOUBLE,
    item_refund DOUBLE, coupon VARCHAR, affiliation VARCHAR, location_id VARCHAR, item_list_id VARCHAR,
    item_list_name VARCHAR, item_list_index VARCHAR, promotion_id VARCHAR, promotion_name VARCHAR, creative_name VARCHAR,
    creative_slot VARCHAR, item_params event_params)[];
CREATE TYPE collected_traffic_source AS STRUCT(
    manual_campaign_id VARCHAR, manual_campaign_name VARCHAR, manual_source VARCHAR, manual_medium VARCHAR,
    manual_term VARCHAR, manual_content VARCHAR, manual_source_platform VARCHAR, manual_creative_format VARCHAR,
    manual_marketing_tactic VARCHAR, gclid VARCHAR, dclid VARCHAR, srsltid VARCHAR);
CREATE TYPE session_traffic_source_last_click AS STRUCT(
    manual_campaign STRUCT(
        campaign_id VARCHAR, campaign_name VARCHAR, source VARCHAR, medium VARCHAR, term VARCHAR, content VARCHAR,
        source_platform VARCHAR, creative_format VARCHAR, marketing_tactic VARCHAR),
    google_ads_campaign STRUCT(
        customer_id VARCHAR, account_name VARCHAR, campaign_id VARCHAR, campaign_name VARCHAR, ad_group_id VARCHAR,
        ad_group_name VARCHAR),
    cross_channel_campaign STRUCT(
        campaign_id VARCHAR, campaign_name VARCHAR, source VARCHAR, medium VARCHAR, source_platform VARCHAR,
        default_channel_group VARCHAR, primary_channel_group VARCHAR),
    sa360_campaign STRUCT(
        campaign_id VARCHAR, campaign_name VARCHAR, source VARCHAR, medium VARCHAR, ad_group_id VARCHAR,
        ad_group_name VARCHAR, creative_format VARCHAR, engine_account_name VARCHAR, engine_account_type VARCHAR,
        manager_account_name VARCHAR),
    cm360_campaign STRUCT(
        campaign_id VARCHAR, campaign_name VARCHAR, source VARCHAR, medium VARCHAR, account_id VARCHAR,
        account_name VARCHAR, advertiser_id VARCHAR, advertiser_name VARCHAR, creative_id VARCHAR,
        creative_format VARCHAR, creative_name VARCHAR, creative_type VARCHAR, creative_type_id VARCHAR,
        creative_version VARCHAR, placement_id VARCHAR, placement_cost_structure VARCHAR, placement_name VARCHAR,
        rendering_id VARCHAR, site_id VARCHAR, site_name VARCHAR),
    dv360_campaign STRUCT(
        campaign_id VARCHAR, campaign_name VARCHAR, source VARCHAR, medium VARCHAR, advertiser_id VARCHAR,
        advertiser_name VARCHAR, creative_id VARCHAR, creative_format VARCHAR, creative_name VARCHAR,
        exchange_id VARCHAR, exchange_name VARCHAR, insertion_order_id VARCHAR, insertion_order_name VARCHAR,
        line_item_id VARCHAR, line_item_name VARCHAR, partner_id VARCHAR, partner_name VARCHAR));
CREATE TYPE publisher AS STRUCT(
    ad_revenue_in_usd DOUBLE, ad_format VARCHAR, ad_source_name VARCHAR, ad_unit_id VARCHAR);

-- A parameter, and a user property with the time at which it was set.
CREATE MACRO param(k, s, i, d) AS {'key': k, 'value': {
    'string_value': s::VARCHAR, 'int_value': i::BIGINT, 'float_value': NULL::DOUBLE, 'double_value': d::DOUBLE
}};
CREATE MACRO text_param(k, v) AS param(k, v, NULL, NULL);
CREATE MACRO int_param(k, v) AS param(k, NULL, v, NULL);
CREATE MACRO double_param(k, v) AS param(k, NULL, NULL, v);
CREATE MACRO property(k, s, i, set_at) AS {'key': k, 'value': {
    'string_value': s::VARCHAR, 'int_value': i::BIGINT, 'float_value': NULL::DOUBLE, 'double_value': NULL::DOUBLE,
    'set_timestamp_micros': set_at::BIGINT
}};
