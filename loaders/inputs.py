"""What a load works from, read from the project's files and from what the warehouse holds."""

from __future__ import annotations

from loaders.catalog import load_catalog
from loaders.metrics import load_metrics
from loaders.run import Inputs
from loaders.sources import Source, load_sources, name_source
from loaders.warehouse import Warehouse
from settings.environment import Environment


def read_inputs(environment: Environment, warehouse: Warehouse) -> Inputs:
    """The tables, the settings, and every source, declared or known to the warehouse. Raises DeclarationError."""
    metrics = load_metrics(environment.metrics_file)
    declared = load_sources(environment.sources_file)
    known = {
        name: _source(name, schema, timezone) for name, (schema, timezone) in warehouse.sources().items()
    } | declared
    return Inputs(load_catalog(metrics), metrics, known, frozenset(declared))


def _source(name: str, schema: str, timezone: str) -> Source:
    return name_source(name, Source.model_validate({"schema": schema, "timezone": timezone}), "the warehouse")
