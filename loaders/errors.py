"""Everything that the loaders may refuse, from the general to the particular."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loaders.checks.verdicts import Result


class LoaderError(Exception):
    """Base of the package's errors. A message says what is wrong, where, and what to do."""


class DeclarationError(LoaderError):
    """metrics.yaml, sources.yaml or a table's folder is not what it should be."""


class ExportFileError(LoaderError):
    """An export file cannot be read as what it was said to be."""


class FeedError(LoaderError):
    """A feed of a store's chart cannot be fetched, or is not the chart that it was said to be."""


class WarehouseError(LoaderError):
    """The warehouse cannot be opened or refused a statement."""


class WarehouseBusyError(WarehouseError):
    """Another command has the embedded warehouse open; `pid` is its process, where that is known."""

    def __init__(self, message: str, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class BudgetError(WarehouseError):
    """A statement would cost more than it or the month may; nothing was spent on it."""


class StoreError(LoaderError):
    """MySQL cannot be reached or refused a slice; what it held before is untouched."""


class CheckFailedError(StoreError):
    """A check of level `fail` does not hold; `results` are those of all checks, to be recorded after the rollback."""

    def __init__(self, message: str, results: Sequence[Result]) -> None:
        super().__init__(message)
        self.results = results


class RangeError(LoaderError):
    """Days were asked for that the data does not have."""
