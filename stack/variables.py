"""Which secrets each service gets: its own, so that who breaks into one does not hold the others."""

from __future__ import annotations

from collections.abc import Sequence

from settings.environment import Environment

_SECRET = ("_PASSWORD", "_SECRET", "_SECRET_KEY", "_TOKEN", "_WEBHOOK", "_CREDENTIALS_FILE")
_AIRFLOW = frozenset({"GROUNDUP_AIRFLOW_SECRET_KEY"})
# Superset reads reports and never writes them, nor anything at BigQuery: there it has a key of its own.
_NOT_SUPERSETS = _AIRFLOW | {
    "GROUNDUP_MYSQL_LOADER_PASSWORD",
    "GROUNDUP_ALERT_WEBHOOK",
    "GROUNDUP_BIGQUERY_CREDENTIALS_FILE",
}
_ACCOUNTS = frozenset({"GROUNDUP_ADMIN_PASSWORD", "GROUNDUP_ANALYST_PASSWORD", "GROUNDUP_EMPLOYEE_PASSWORD"})


def foreign_secrets(environment: Environment, service: str) -> list[str]:
    """The variables that a service must not have, in alphabetical order. A service that is not known here has none."""
    known = {name for name in environment.as_variables() if name.endswith(_SECRET)}
    foreign = {
        # It makes the accounts.
        "superset": _NOT_SUPERSETS,
        "worker": _NOT_SUPERSETS | _ACCOUNTS,
        "beat": _NOT_SUPERSETS | _ACCOUNTS,
        "airflow": known - _AIRFLOW,
        # It tells people about a task that was killed.
        "airflow-dags": known - _AIRFLOW - {"GROUNDUP_ALERT_WEBHOOK", "GROUNDUP_SMTP_PASSWORD"},
        # Its tasks are verbs of `groundup`, which bring the whole stack back after a crash.
        "airflow-scheduler": frozenset[str](),
    }.get(service, known)
    return sorted(known & foreign)


def without_foreign_secrets(environment: Environment, service: str, command: Sequence[str]) -> list[str]:
    """The command, run without them; `env` becomes it, so that the process stays the same."""
    return ["/usr/bin/env", *(f"--unset={name}" for name in foreign_secrets(environment, service)), *command]
