"""Computing one table in the warehouse ahead of the load that shows it: for a scheduler, which wants a task a table."""

from __future__ import annotations

from collections.abc import Callable

from loaders.compute import Step, compute
from loaders.plan import Request
from loaders.run import Inputs, calendar_of, failures_recorded
from loaders.store.connection import connected
from loaders.store.ledger import record
from loaders.store.locks import load_lock
from loaders.store.mirror import entry
from loaders.store.tables import make_own_tables
from loaders.warehouse import Warehouse
from settings.environment import Environment


def compute_ahead(
    environment: Environment,
    warehouse: Warehouse,
    inputs: Inputs,
    request: Request,
    run: str,
    on_step: Callable[[Step], None] = lambda _: None,
) -> list[Step]:
    """Brings the table that the request names, its rollups, and whatever they read, up to date in the warehouse.

    The reports in MySQL stay as they are; what was done, and what it cost, is in the ledger. Raises DeclarationError
    for an unknown table, RangeError for days outside the data, and WarehouseError and StoreError for what the engines
    refuse.
    """
    if request.table:
        inputs.catalog.table(request.table)
    with connected(environment, "loader") as connection, load_lock(connection):
        make_own_tables(connection)

        def computed(step: Step) -> None:
            record(connection, entry(step, run))
            connection.commit()
            on_step(step)

        with failures_recorded(connection, run):
            tables = warehouse.daily_tables()
            calendar = calendar_of(warehouse, inputs, request, tables)
            return compute(warehouse, inputs.catalog, calendar, inputs.sources, request, computed, tables=tables)
