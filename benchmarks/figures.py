"""What a benchmark gives: figures, each beside what it is compared with, as a Markdown table and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured figure and its peer from the same run; `ratio` is figure / peer."""

    section: str
    what: str
    value: float
    unit: str
    # What it is compared with, and the peer's own value in the same unit; a bound that is no peer stands in `bound`.
    peer: str = ""
    peer_value: float | None = None
    # The bound that the ratio (or, without a peer, the value) has to keep, such as "≤ 5"; empty when there is none.
    bound: str = ""

    @property
    def ratio(self) -> float | None:
        """How often the peer's value goes into this one; None without a peer."""
        return self.value / self.peer_value if self.peer_value else None

    @property
    def keeps_bound(self) -> bool | None:
        """Whether the bound is kept; None when there is none."""
        if not self.bound:
            return None
        relation, limit = self.bound.split()
        measured = self.value if self.ratio is None else self.ratio
        return measured <= float(limit) if relation == "≤" else measured >= float(limit)


def as_markdown(figures: Sequence[Figure]) -> str:
    """One table of all figures, in their order."""
    lines = [
        "| section | what | value | against | its value | ratio | bound |",
        "| --- | --- | ---: | --- | ---: | ---: | --- |",
    ]
    for figure in figures:
        peer = "" if figure.peer_value is None else f"{_short(figure.peer_value)} {figure.unit}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        kept = {None: "", True: f"{figure.bound} ✓", False: f"{figure.bound} ✗"}[figure.keeps_bound]
        value = f"{_short(figure.value)} {figure.unit}"
        lines.append(f"| {figure.section} | {figure.what} | {value} | {figure.peer} | {peer} | {ratio} | {kept} |")
    return "\n".join(lines) + "\n"


def as_json(figures: Sequence[Figure]) -> list[dict[str, object]]:
    """The figures as plain objects, each with its ratio and whether its bound is kept."""
    return [
        {**dataclasses.asdict(figure), "ratio": figure.ratio, "keeps_bound": figure.keeps_bound} for figure in figures
    ]


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"  # noqa: PLR2004 - three digits are enough
