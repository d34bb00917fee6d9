"""The cases: small inputs and what must come out of them, as somebody with a pencil has worked it out.

A case is a folder `tests/{staging,reports}/<table>/<case>/` that holds the rows of each input (`<input>.yaml`), the
query's parameters (`params.yaml`; settings that it leaves out are the shipped ones) and the rows that must come out,
in any order, with the reason in a comment (`expect.yaml`). Columns that an input row leaves out are NULL.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from loaders.catalog import EXPORT, Table
from tests.definitions import catalog

TESTS = Path(__file__).resolve().parent.parent
SOURCE = "camera"
SCHEMA = "ga4"


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
        return [{"_TABLE_SUFFIX": row["event_date"], **row} for row in rows] if name == EXPORT else rows

    def parameters(self) -> dict[str, Any]:
        """The settings, and what the case gives instead and beside them."""
        return {**self.table.parameters, **self.given()}

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


CASES = [
    Case(folder)
    for kind in ("staging", "reports")
    for folder in sorted((TESTS / kind).glob("*/*/"))
    if (folder / "expect.yaml").exists()
]
