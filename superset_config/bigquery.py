"""BigQuery in Superset: for the data team alone, and through `superset_config.bigquery_reader` alone.

Every connection that Superset opens passes `connect`: SQL Lab's and charts', in the web server and in the worker.
"""

from __future__ import annotations

from contextlib import closing
from http import HTTPStatus
from typing import Any

from superset_config.accounts import NOWHERE
from superset_config.bigquery_rules import job_labels, shown
from superset_config.environment import setting
from superset_config.errors import QueryError

_NOT_SET_UP = (
    "BigQuery is not set up for Superset: set GROUNDUP_SQLLAB_BIGQUERY_PROJECT in .env, and run `groundup up superset`."
)
_NOT_FOR_YOU = "BigQuery is for the data team alone, since every question to it costs; ask them for a report."
_ADDRESS = {"user_supplied_client": "true"}


def is_bigquery(uri: Any) -> bool:
    """Whether an address leads to BigQuery, whoever wrote it."""
    return str(uri.drivername).partition("+")[0] == "bigquery"


def connect(
    uri: Any, parameters: dict[str, Any], username: str | None, security_manager: Any, source: Any
) -> tuple[Any, dict[str, Any]]:
    """The address and the parameters of a connection that can read alone. Whatever else they held is dropped.

    Raises SupersetSecurityException for whoever may not ask every database.
    """
    if not setting("GROUNDUP_SQLLAB_BIGQUERY_PROJECT"):
        raise refusal(_NOT_SET_UP)
    if not security_manager.can_access("all_database_access", "all_database_access"):
        raise refusal(_NOT_FOR_YOU)
    from superset_config.background import redis_client  # noqa: PLC0415
    from superset_config.bigquery_reader import Day, Reader, limits  # noqa: PLC0415 - half a second, where it is used

    found = limits()
    labels = job_labels(person(username, security_manager), source.name if source else "other")
    reader = Reader(labels, found, Day(redis_client(), found.day_usd))
    kept = {name: parameters[name] for name in ("poolclass",) if name in parameters}
    return uri.set(query=_ADDRESS), {**kept, "connect_args": {"client": reader}}


def person(username: str | None, security_manager: Any) -> str:
    """Whom a label names: the address of who has one, since names of accounts may be numbers of the provider's."""
    user = security_manager.find_user(username=username) if username else None
    email = str(getattr(user, "email", None) or "")
    return email if email and not email.endswith(f"@{NOWHERE}") else username or "nobody"


def refusal(message: str) -> Exception:
    """What Superset answers 403 to."""
    from superset.errors import ErrorLevel, SupersetError, SupersetErrorType  # noqa: PLC0415
    from superset.exceptions import SupersetSecurityException  # noqa: PLC0415

    kind = SupersetErrorType.DATABASE_SECURITY_ACCESS_ERROR
    return SupersetSecurityException(SupersetError(message=message, error_type=kind, level=ErrorLevel.ERROR))


def ask_through_the_reader() -> None:
    """Superset asks for estimates and partitions with a client of its own making; let that be the reader.

    It knows no way to stop a query of BigQuery's either: let *Stop* in SQL Lab stop the job.
    """
    from superset.db_engine_specs.bigquery import BigQueryEngineSpec  # noqa: PLC0415
    from superset.errors import ErrorLevel, SupersetError, SupersetErrorType  # noqa: PLC0415
    from superset.exceptions import SupersetErrorException  # noqa: PLC0415

    def reader_of(_spec: Any, engine: Any, _database: Any) -> Any:
        with closing(engine.raw_connection()) as connection:
            return connection.connection._client

    def estimate(_spec: Any, statement: str, client: Any) -> Any:
        try:
            found = client.estimate(statement)
        except QueryError as error:
            # What it does not know, it shows a page of its own for.
            kind = SupersetErrorType.GENERIC_DB_ENGINE_ERROR
            said = SupersetError(message=str(error), error_type=kind, level=ErrorLevel.ERROR)
            raise SupersetErrorException(said, status=HTTPStatus.BAD_REQUEST) from error
        return {"estimate": found, "most_bytes": client.limits.query_bytes}

    def name_job(_spec: Any, cursor: Any, _query: Any) -> Any:
        return cursor.connection._client.name_next_job()

    def stop(_spec: Any, cursor: Any, _query: Any, job_id: str) -> Any:
        return cursor.connection._client.stop(job_id)

    BigQueryEngineSpec.get_cancel_query_id = classmethod(name_job)
    BigQueryEngineSpec.cancel_query = classmethod(stop)
    BigQueryEngineSpec._get_client = classmethod(reader_of)
    BigQueryEngineSpec.custom_estimate_statement_cost = classmethod(estimate)


def format_cost(costs: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What SQL Lab shows of each statement, before it runs."""
    return [shown(cost["estimate"], cost["most_bytes"]) for cost in costs]


QUERY_COST_FORMATTERS_BY_ENGINE = {"bigquery": format_cost}
