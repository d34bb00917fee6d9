"""What Superset takes where an asset file says nothing.

A file may leave these out; apply sends them all the same, since an import keeps the old value of whatever is missing.
"""

from __future__ import annotations

from typing import Any

VERSION = "1.0.0"

DATABASE: dict[str, Any] = {
    "cache_timeout": None,
    "expose_in_sqllab": True,
    "allow_run_async": False,
    "allow_ctas": False,
    "allow_cvas": False,
    "allow_dml": False,
    "allow_csv_upload": False,
    "extra": {},
    "impersonate_user": False,
    "configuration_method": "sqlalchemy_form",
}
DATASET: dict[str, Any] = {
    "main_dttm_col": None,
    "currency_code_column": None,
    "description": None,
    "default_endpoint": None,
    "offset": 0,
    "cache_timeout": None,
    "catalog": None,
    "schema": None,
    "sql": None,
    "params": None,
    "template_params": None,
    "filter_select_enabled": True,
    "fetch_values_predicate": None,
    "extra": None,
    "normalize_columns": False,
    "always_filter_main_dttm": False,
    "folders": None,
    "metrics": [],
    "columns": [],
}
METRIC: dict[str, Any] = {
    "verbose_name": None,
    "metric_type": None,
    "description": None,
    "d3format": None,
    "currency": None,
    "extra": {},
    "warning_text": None,
}
COLUMN: dict[str, Any] = {
    "verbose_name": None,
    "is_dttm": False,
    "is_active": True,
    "type": None,
    "advanced_data_type": None,
    "groupby": True,
    "filterable": True,
    "expression": None,
    "description": None,
    "python_date_format": None,
    "datetime_format": None,
    "extra": {},
}
CHART: dict[str, Any] = {
    "description": None,
    "certified_by": None,
    "certification_details": None,
    "params": {},
    "cache_timeout": None,
}
# Superset's import and Explore write them into every chart.
PARAMS: dict[str, Any] = {
    "annotation_layers": [],
    "extra_form_data": {},
}
DASHBOARD: dict[str, Any] = {
    "description": None,
    "css": None,
    "slug": None,
    "certified_by": None,
    "certification_details": None,
    "published": False,
    "theme_uuid": None,
    "roles": [],
    "position": {},
    "metadata": {},
}
ROLE: dict[str, Any] = {
    "description": None,
    "based_on": [],
    "also": [],
    "never": [],
    "row_filters": [],
}
ROW_FILTER: dict[str, Any] = {
    "description": None,
    "filter_type": "Regular",
    "group_key": None,
}
ALERT: dict[str, Any] = {
    "description": None,
    "email_subject": None,
    "context_markdown": None,
    "active": True,
    "timezone": "UTC",
    "dashboard": None,
    "chart": None,
    "report_format": "PNG",
    "force_screenshot": False,
    "custom_width": None,
    "database": None,
    "sql": None,
    "validator_type": None,
    "validator_config_json": {},
    "log_retention": 90,
    "grace_period": 14_400,
    "working_timeout": 3_600,
    "extra": {},
    "recipients": [],
}
# The editor writes them into every page that it saves.
METADATA: dict[str, Any] = {
    "chart_configuration": {},
    "chart_customization_config": [],
    "color_scheme": "",
    "cross_filters_enabled": True,
    "default_filters": "{}",
    "expanded_slices": {},
    "filter_bar_orientation": "VERTICAL",
    "filter_scopes": {},
    "global_chart_configuration": {"scope": {"rootPath": ["ROOT_ID"], "excluded": []}},
    "label_colors": {},
    "native_filter_configuration": [],
    "refresh_frequency": 0,
    "timed_refresh_immune_slices": [],
}

# The order in which Superset exports an asset's keys.
ORDER = {
    "databases": ("database_name", "sqlalchemy_uri", *DATABASE, "uuid", "version"),
    "datasets": (
        "table_name",
        *(key for key in DATASET if key not in {"metrics", "columns"}),
        *("uuid", "metrics", "columns", "version", "database_uuid"),
    ),
    "charts": (
        *("slice_name", "description", "certified_by", "certification_details", "viz_type", "params"),
        *("cache_timeout", "uuid", "version", "dataset_uuid"),
    ),
    "dashboards": (
        *("dashboard_title", "description", "css", "slug", "certified_by", "certification_details", "published"),
        *("roles", "uuid", "position", "metadata", "version", "theme_uuid"),
    ),
    "roles": ("name", *ROLE),
    "alerts": ("type", "name", "description", "active", "crontab", *ALERT),
}
METRIC_ORDER = ("metric_name", "verbose_name", "metric_type", "expression", *list(METRIC)[2:])
COLUMN_ORDER = ("column_name", *COLUMN)

BY_KIND = {
    "databases": DATABASE,
    "datasets": DATASET,
    "roles": ROLE,
    "charts": CHART,
    "dashboards": DASHBOARD,
    "alerts": ALERT,
}
