"""The definitions of the tests, as the product reads them."""

from functools import cache
from pathlib import Path

from loaders.catalog import Catalog, load_catalog
from loaders.metrics import Metrics, load_metrics
from tests.reference import Definitions

PROJECT = Path(__file__).resolve().parent.parent

# The calendar that the loader writes and no query makes.
DAYS_COLUMNS = {
    "date": "DATE",
    "source": "STRING",
    "modified_at": "TIMESTAMP",
    "rows": "INT64",
    "final_at": "TIMESTAMP",
}


def metrics(definitions: Definitions | None = None) -> Metrics:
    """metrics.yaml with the settings that the tests' figures depend on, whatever this company has chosen."""
    chosen = definitions or Definitions()
    shipped = load_metrics(PROJECT / "metrics.yaml").model_dump()
    shipped["activity"] |= {
        "background_events": sorted(chosen.background_events),
        "mau_days": chosen.mau_days,
    }
    shipped["report"] |= {"take_events": sorted(chosen.take_events)}
    shipped["country_aliases"] = dict(sorted(chosen.country_aliases))
    shipped["events"] |= {"excluded": sorted(chosen.excluded_events)}
    shipped["event_params"] = listed_params(chosen)
    shipped["retention"] |= {"days": sorted(chosen.retention_days)}
    return Metrics.model_validate(shipped)


def listed_params(definitions: Definitions) -> dict[str, dict[str, dict[str, int]]]:
    """The listed parameters as metrics.yaml has them: event → key → its cap, if it has one."""
    listed: dict[str, dict[str, dict[str, int]]] = {}
    for event, key, top in sorted(definitions.event_params, key=str):
        listed.setdefault(event, {})[key] = {} if top is None else {"top": top}
    return listed


@cache
def catalog(definitions: Definitions | None = None) -> Catalog:
    """All staging tables and reports under those definitions."""
    return load_catalog(metrics(definitions))
