"""Which of Superset's features are on, and how much of everything."""

from __future__ import annotations

import logging
from pathlib import Path

from superset_config.environment import is_debug, setting

DATA_DIR = str(Path(setting("GROUNDUP_HOME") or ".groundup") / "superset")
LOG_LEVEL = logging.INFO if is_debug() else logging.WARNING

FEATURE_FLAGS = {
    # SQL Lab shows what a query costs, where it costs.
    "ESTIMATE_QUERY_COST": True,
    "DRILL_BY": True,
    "DRILL_TO_DETAIL": True,
    # A screen on the wall and a printed page show all charts, also those below the fold.
    "DASHBOARD_VIRTUALIZATION": False,
    # Templates in SQL run code on the server for whoever may save a dataset; nothing here needs them.
    "ENABLE_TEMPLATE_PROCESSING": False,
    "EMBEDDED_SUPERSET": False,
    # A dashboard's file may name the roles for whom it is.
    "DASHBOARD_RBAC": True,
    "ALLOW_FULL_CSV_EXPORT": True,
    "ALERT_REPORTS": True,
    # Slack has switched its first way of uploading files off.
    "ALERT_REPORT_SLACK_V2": True,
    "PLAYWRIGHT_REPORTS_AND_THUMBNAILS": True,
}

# Report tables hold counts by day: a chart that needs more rows than this asks the wrong question.
ROW_LIMIT = 10_000
SQL_MAX_ROW = 100_000
NATIVE_FILTER_DEFAULT_ROW_LIMIT = 1_000

# Days are days: "today" and "yesterday" in filters start at midnight, server time is UTC.
DEFAULT_RELATIVE_START_TIME = "today"
DEFAULT_RELATIVE_END_TIME = "today"

# A screen that refreshes itself gets what the cache holds, which follows the loads: it need not ask MySQL.
DASHBOARD_AUTO_REFRESH_MODE = "fetch"
