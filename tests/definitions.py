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
    return Metrics.model_validate(shipped)


@cache
def catalog(definitions: Definitions | None = None) -> Catalog:
    """All staging tables and reports under those definitions."""
    return load_catalog(metrics(definitions))
