"""How Superset reaches the report tables: the committed address names an account; this machine knows the rest.

`databases/*.yaml` carries neither password nor port, so the same file serves every environment.
"""

from __future__ import annotations

from typing import Any

from settings.addresses import THIS_MACHINE
from superset_config.bigquery import connect, is_bigquery
from superset_config.environment import setting

READER = "groundup_reader"
REPORTS = "reports"


# Superset's own limit of time does not end what runs on a thread, so the server does: each kind reads its own comment.
# In seconds to MariaDB, in milliseconds to MySQL.
STATEMENT_SECONDS = 30
_AT_FIRST = (
    "SET SESSION div_precision_increment = 12"
    f" /*M!100100 , SESSION max_statement_time = {STATEMENT_SECONDS} */"
    f" /*!80000 , SESSION max_execution_time = {STATEMENT_SECONDS * 1000} */"
)


def is_report_store(uri: Any) -> bool:
    """Whether an address is that of the report tables."""
    return bool(uri.username == READER and uri.database == REPORTS)


def find_password(uri: Any) -> str | None:
    """The password for an address; only the report store has one, so no other address ever gets it."""
    return setting("GROUNDUP_MYSQL_READER_PASSWORD") if is_report_store(uri) else None


def encryption(host: str) -> dict[str, Any]:
    """PyMySQL's arguments for whether a connection may be encrypted: not where it never leaves this machine.

    Superset opens a connection even for a chart that it has in its cache, and each reads all certificates anew: a
    quarter of the time of such a chart.
    """
    return {"ssl_disabled": True} if host in THIS_MACHINE else {}


def point_to_this_machine(
    uri: Any, parameters: dict[str, Any], username: str | None, security_manager: Any, source: Any
) -> tuple[Any, dict[str, Any]]:
    """The same address with the host and port of this environment's report store, where ratios are exact enough.

    MySQL rounds the quotient of two whole numbers to four decimals; a share in percent would be rounded twice.
    BigQuery has a way of its own.
    """
    if is_bigquery(uri):
        return connect(uri, parameters, username, security_manager, source)
    if is_report_store(uri):
        uri = uri.set(host=setting("GROUNDUP_MYSQL_HOST"), port=int(setting("GROUNDUP_MYSQL_PORT")))
        given = parameters.get("connect_args") or {}
        ours = {"init_command": _AT_FIRST, **encryption(str(uri.host))}
        parameters = {**parameters, "connect_args": {**given, **ours}}
    return uri, parameters


SQLALCHEMY_CUSTOM_PASSWORD_STORE = find_password
DB_CONNECTION_MUTATOR = point_to_this_machine

# A chart that takes longer than this has a wrong query behind it: report tables are small.
SQLLAB_TIMEOUT = STATEMENT_SECONDS
SUPERSET_WEBSERVER_TIMEOUT = 60
