"""After a load, what people look at is asked before they do, so that the morning's pages come out of the cache.

The worker looks every minute whether the report store holds something new, and then asks every question of the last
days the way that Superset's own view does, as an account that sees what every employee sees: the answers lie in the
cache under the keys that an employee's browser asks for. What is still in the cache is not asked for again.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from flask import current_app
from superset import security_manager
from superset.charts.schemas import ChartDataQueryContextSchema
from superset.commands.chart.data.get_data_command import ChartDataCommand
from superset.extensions import celery_app
from superset.utils.core import override_user

from superset_config.accounts import REPORTER
from superset_config.asked import Asked
from superset_config.background import WARM, redis_client
from superset_config.store_state import STORE_STATE, State, begin

_DONE = "groundup:warm"
_log = logging.getLogger(__name__)


@celery_app.task(name=WARM, ignore_result=True)
def warm() -> None:
    """Make ready what a load has changed since the last time."""
    client, state = redis_client(), _digest(STORE_STATE.current())
    done = client.get(_DONE)
    if done is not None and done.decode() == state:
        return
    questions = Asked(client).newest()
    failed = sum(not _ask(question) for question in questions)
    # What is loaded meanwhile has another digest: the next look makes it ready.
    client.set(_DONE, state)
    _log.info("%s charts are ready, %s could not be", len(questions) - failed, failed)


def _digest(state: State) -> str:
    # The pages of the ledger change with every load and are quickly made.
    versions = sorted((table, version) for table, version in state.versions.items() if table not in {"loads", "checks"})
    return hashlib.sha256(repr((versions, state.newest)).encode()).hexdigest()


def _ask(question: dict[str, Any]) -> bool:
    app = current_app._get_current_object()
    with app.test_request_context("/api/v1/chart/data", method="POST", json=question):
        begin(app)
        try:
            with override_user(security_manager.find_user(username=REPORTER.username), force=True):
                command = ChartDataCommand(ChartDataQueryContextSchema().load(question))
                command.validate()
                command.run()
        except Exception as error:
            # A chart that was changed or deleted since; it is forgotten when nobody has asked for it for a week.
            _log.info("A chart could not be made ready (%s)", error)
            return False
    return True
