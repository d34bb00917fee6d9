"""The cases: small inputs and what must come out of them, as somebody with a pencil has worked it out.

A case is a folder `tests/{staging,reports}/<table>/<case>/` that holds the rows of each input (`<input>.yaml`), the
query's parameters (`params.yaml`; settings that it leaves out are the shipped ones) and the rows that must come out,
in any order, with the reason in a comment (`expect.yaml`). Columns that an input row leaves out are NULL. An export's
rows are of whichever schema they look like.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from loaders.catalog import EXPORT, Table
from loaders.metrics import Setting
from tests.definitions import catalog
from tests.pipeline import schema_of

TESTS = Path(__file__).resolve().parent.parent
SOURCE = "camera"


@dataclass(frozen=True)
class Case:
    """A folder of cases, read when asked."""

    folder: Path

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}-{self.folder.name}"

    @property
    def table(self) -> Table:
        return catalog().tables[self.folder.parent.name]

    def input_rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of an input; in an export, a daily table holds its own day unless the case says otherwise."""
        rows: list[dict[str, Any]] = self._content(name)
        return [{"_TABLE_SUFFIX": _last_day(row), **row} for row in rows] if name == EXPORT else rows

    @property
    def schema(self) -> str:
        """The schema of the export's rows, if the case has any."""
        rows = self._content(EXPORT) if EXPORT in self.table.reads else []
        return schema_of(rows[0]) if rows else "ga4"

    def parameters(self) -> dict[str, Any]:
        """The settings, and what the case gives instead and beside them."""
        settings = self.table.parameters
        given = {n: Setting(settings[n].type, v) if n in settings else v for n, v in self.given().items()}
        return {**settings, **given}

    def given(self) -> dict[str, Any]:
        """What the case itself gives."""
        given: dict[str, Any] = self._content("params")
        return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}

    def expected(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._content("expect")
        return rows

    def files(self) -> set[str]:
        return {path.stem for path in self.folder.iterdir()}

    def _content(self, name: str) -> Any:
        return yaml.safe_load((self.folder / f"{name}.yaml").read_text(encoding="utf-8"))


def _last_day(row: Mapping[str, Any]) -> str | None:
    """The day of a row, and of a bundle that of its last event."""
    if schema_of(row) == "ga4":
        return str(row["event_date"])
    return max((event["date"] for event in row["event_dim"]), default=None)


CASES = [
    Case(folder)
    for kind in ("staging", "reports")
    for folder in sorted((TESTS / kind).glob("*/*/"))
    if (folder / "expect.yaml").exists()
]
