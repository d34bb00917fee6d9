"""Alerts and reports of a running stack: made through Superset's interface, ordered, and waited for."""

from __future__ import annotations

import subprocess
from typing import Any

from settings.environment import PROJECT
from superset_sync.client import SupersetClient
from tests.conftest import Stack
from tests.waiting import wait_until

# What ends an execution.
_FINAL = {"Success", "Error", "Not triggered", "On Grace"}
ORDER = (
    "import datetime, sys; from superset_config.beat import bare_app;"
    "bare_app().send_task('reports.execute', (int(sys.argv[1]),), eta=datetime.datetime.now(datetime.UTC))"
)
MAIL = {"type": "Email", "recipient_config_json": {"target": "everybody@example.com"}}
SLACK = {"type": "SlackV2", "recipient_config_json": {"target": "C0123"}}


class Schedules:
    """The schedules of a stack, as the administrator sees them."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        environment = stack.environment
        self.client = SupersetClient(environment.superset_url, "admin", environment.admin_password)

    def number_of(self, kind: str, column: str, name: str) -> int:
        """The number of a dashboard or a database here."""
        found = self.client.list(f"/api/v1/{kind}/", ["id", column])
        return next(int(item["id"]) for item in found if item[column] == name)

    def make(self, name: str, **fields: Any) -> int:
        """A schedule that comes on no day by itself, unless it says so; its number."""
        body = {
            "type": "Report",
            "name": name,
            "crontab": "0 0 29 2 *",
            "timezone": "UTC",
            "active": True,
            "creation_method": "alerts_reports",
            "dashboard": self.number_of("dashboard", "dashboard_title", "Daily report"),
            "report_format": "PNG",
            "recipients": [MAIL],
            "working_timeout": 600,
            "log_retention": 90,
        }
        return int(self.client.post("/api/v1/report/", body | fields)["id"])

    def make_alert(self, name: str, sql: str, **fields: Any) -> int:
        """An alert that sends while the query gives something else than nothing and zero."""
        database = self.number_of("database", "database_name", "Reports")
        alert = {"type": "Alert", "sql": sql, "validator_type": "not null", "validator_config_json": {}}
        return self.make(name, **alert, database=database, **fields)

    def change(self, number: int, **fields: Any) -> None:
        """Change a schedule."""
        self.client.put(f"/api/v1/report/{number}", fields)

    def remove(self, number: int) -> None:
        """Delete a schedule with its log."""
        self.client.delete(f"/api/v1/report/{number}")

    def log(self, number: int) -> list[dict[str, Any]]:
        """Its executions, the oldest first."""
        query = {"page_size": 100, "order_column": "scheduled_dttm", "order_direction": "asc"}
        rows = self.client.get(f"/api/v1/report/{number}/log/", **query)["result"]
        return sorted(rows, key=lambda row: int(row["id"]))

    def order(self, number: int) -> None:
        """Let the worker execute a schedule now."""
        subprocess.run(
            [PROJECT / ".venv-superset" / "bin" / "python", "-c", ORDER, str(number)],
            cwd=PROJECT,
            env=self.stack.shell_variables | self.stack.environment.as_variables(),
            check=True,
        )

    def run(self, number: int) -> dict[str, Any]:
        """Order a schedule and give the last row of its log when it has ended."""
        before = len(self.log(number))
        self.order(number)
        return self.wait_for_end(number, before)

    def wait_for_end(self, number: int, before: int) -> dict[str, Any]:
        """The row that ends an execution, where the log had so many rows before it."""

        def ended() -> dict[str, Any] | None:
            rows = self.log(number)[before:]
            return rows[-1] if rows and rows[-1]["state"] in _FINAL else None

        row = wait_until(ended)
        assert row is not None
        return row

    def close(self) -> None:
        """End the session."""
        self.client.close()
