"""A small set of asset folders that holds together, to plant faults in."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from superset_sync.assets import Assets, identity, read_assets
from superset_sync.check_roles import permissions
from superset_sync.declared import Declared, Table
from superset_sync.resolved import Instance, resolve

DATABASE = "11111111-0000-4000-8000-000000000001"
DATASET = "22222222-0000-4000-8000-000000000001"
CHART = "33333333-0000-4000-8000-000000000001"
OTHER_CHART = "33333333-0000-4000-8000-000000000002"
DASHBOARD = "44444444-0000-4000-8000-000000000001"
ROLE = identity("roles", {"name": "Partner"})
ALERT = identity("alerts", {"type": "Alert", "name": "No users"})

PEOPLE = frozenset({"country", "platform"})
TABLES: dict[str, Table] = {
    "active_users": {
        "date": None,
        "country": None,
        "platform": None,
        "dau": PEOPLE,
        "new_users": PEOPLE | {"date"},
    },
    "days": {"date": None, "source": None},
}
DECLARED = Declared(
    TABLES,
    types={
        ("active_users", "date"): "DATE",
        ("active_users", "country"): "STRING",
        ("active_users", "platform"): "STRING",
        ("active_users", "dau"): "INT64",
        ("active_users", "new_users"): "INT64",
    },
    texts={("active_users", "date"): "The day.", ("active_users", "dau"): "Users."},
)

FOLDERS: dict[str, Any] = {
    "databases/Reports.yaml": {
        "database_name": "Reports",
        "sqlalchemy_uri": "mysql+pymysql://groundup_reader@127.0.0.1:13306/reports",
        "uuid": DATABASE,
        "version": "1.0.0",
    },
    "datasets/Reports/active_users.yaml": {
        "table_name": "active_users",
        "uuid": DATASET,
        "database_uuid": DATABASE,
        "main_dttm_col": "date",
        "columns": [
            {"column_name": "date", "type": "DATE", "is_dttm": True, "description": "The day."},
            {"column_name": "country", "type": "VARCHAR(255)"},
            {"column_name": "platform", "type": "VARCHAR(255)"},
            {
                "column_name": "dau",
                "verbose_name": "DAU",
                "type": "BIGINT",
                "description": "Users. Adds over country, platform; never over date.",
            },
            {"column_name": "new_users", "type": "BIGINT"},
        ],
        "metrics": [
            {"metric_name": "daily_users", "expression": "SUM(dau)"},
            {"metric_name": "first_users", "expression": "SUM(new_users)"},
            {"metric_name": "android_users", "expression": "SUM(CASE WHEN platform = 'ANDROID' THEN dau END)"},
        ],
        "version": "1.0.0",
    },
    "roles/Partner.yaml": {
        "name": "Partner",
        "description": "Who sells the app in Germany.",
        "based_on": ["Gamma"],
        "also": ["can_csv on Superset"],
        "never": ["can_write on *", "* on SQL*Lab"],
        "row_filters": [{"name": "Germany alone", "datasets": ["active_users"], "clause": "country = 'Germany'"}],
    },
    "charts/daily_users.yaml": {
        "slice_name": "Daily users",
        "description": "A line a country.\nDAU: Users.",
        "viz_type": "echarts_timeseries_line",
        "uuid": CHART,
        "dataset_uuid": DATASET,
        "params": {
            "viz_type": "echarts_timeseries_line",
            "x_axis": "date",
            "time_grain_sqla": "P1D",
            "metrics": ["daily_users", "android_users"],
            "groupby": ["country"],
            "adhoc_filters": [{"expressionType": "SIMPLE", "subject": "date", "operator": "TEMPORAL_RANGE"}],
        },
        "version": "1.0.0",
    },
    "charts/first_users.yaml": {
        "slice_name": "New users",
        "viz_type": "table",
        "uuid": OTHER_CHART,
        "dataset_uuid": DATASET,
        "params": {
            "viz_type": "table",
            "allow_render_html": False,
            "groupby": ["country"],
            "metrics": ["first_users"],
            "column_config": {"first_users": {"d3NumberFormat": ",d"}},
            "conditional_formatting": [{"column": "first_users", "operator": ">", "targetValue": 0}],
        },
        "version": "1.0.0",
    },
    "dashboards/users.yaml": {
        "dashboard_title": "Users",
        "slug": "users",
        "roles": ["Gamma", "Partner"],
        "uuid": DASHBOARD,
        "position": {
            "DASHBOARD_VERSION_KEY": "v2",
            "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
            "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": ["ROW-1"]},
            "ROW-1": {"type": "ROW", "id": "ROW-1", "children": ["CHART-1", "CHART-2"]},
            "CHART-1": {"type": "CHART", "id": "CHART-1", "children": [], "meta": {"uuid": CHART}},
            "CHART-2": {"type": "CHART", "id": "CHART-2", "children": [], "meta": {"uuid": OTHER_CHART}},
        },
        "metadata": {
            "native_filter_configuration": [
                {
                    "id": "NATIVE_FILTER-country",
                    "name": "Country",
                    "targets": [{"datasetUuid": DATASET, "column": {"name": "country"}}],
                    "sortMetric": "daily_users",
                    "scope": {"rootPath": ["ROOT_ID"], "excluded": [OTHER_CHART]},
                },
                {"id": "NATIVE_FILTER-dates", "name": "Dates", "targets": [{}], "scope": {"excluded": []}},
            ]
        },
        "version": "1.0.0",
    },
    "alerts/No_users.yaml": {
        "type": "Alert",
        "name": "No users",
        "crontab": "0 9 * * *",
        "timezone": "${GROUNDUP_REPORT_TIMEZONE}",
        "dashboard": DASHBOARD,
        "database": DATABASE,
        "sql": "SELECT SUM(dau) AS users FROM active_users WHERE date = CURRENT_DATE - INTERVAL 1 DAY",
        "validator_type": "operator",
        "validator_config_json": {"op": "<", "threshold": 1},
        "recipients": [
            {"type": "Email", "recipient_config_json": {"target": "${GROUNDUP_ALERT_MAIL_TO}"}},
            {"type": "SlackV2", "recipient_config_json": {"target": "C0123456789"}},
        ],
    },
}
SETTINGS = {"GROUNDUP_ALERT_MAIL_TO": "team@example.com", "GROUNDUP_REPORT_TIMEZONE": "Asia/Seoul"}


def sound_folders() -> dict[str, Any]:
    """A copy to plant faults in."""
    return copy.deepcopy(FOLDERS)


def written(root: Path, folders: dict[str, Any]) -> Assets:
    """The folders written below `root` and read again; text is written as it is."""
    for file, content in folders.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
    return read_assets(root)


def resolved(root: Path, folders: dict[str, Any]) -> Assets:
    """The same, with what the files amount to."""
    return resolve(written(root, folders), Instance(permissions(), SETTINGS))
