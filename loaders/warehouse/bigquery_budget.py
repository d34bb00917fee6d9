"""Whether this month's budget still has what a statement will cost. Pure decisions."""

from __future__ import annotations

from collections.abc import Callable

from loaders.bigquery_prices import MINIMUM_PER_TABLE, TIB, USD_PER_TIB, readable, usd
from loaders.errors import BudgetError


class Budget:
    """The dollars of a month and the bytes of a statement; keeps count of what this process spends."""

    def __init__(self, limit_usd: float, most_bytes: int, spent_before: Callable[[], float]) -> None:
        """`spent_before` gives what the month has cost so far; it is asked once, when it is needed first."""
        self._limit = limit_usd
        self._most_bytes = most_bytes
        self._spent_before = spent_before
        self._before: float | None = None
        self._own = 0.0

    @property
    def spent(self) -> float:
        """The month's dollars so far, this process's included."""
        if self._before is None:
            self._before = self._spent_before()
        return self._before + self._own

    def add(self, cost: float) -> None:
        """Counts dollars that were spent just now."""
        self._own += cost

    def allow(self, what: str, estimate: int) -> int:
        """The most bytes that the statement may be billed, for BigQuery to hold it to.

        `estimate` are the bytes that it would be billed. Raises BudgetError when they are too many.
        """
        if estimate > self._most_bytes:
            raise BudgetError(
                f"{what} would be billed {readable(estimate)} (${usd(estimate):.2f}), which is more than "
                f"GROUNDUP_BIGQUERY_MAX_BYTES allows one statement ({readable(self._most_bytes)}); nothing was spent "
                "on it. Load fewer days at once by --from and --to, or raise the setting."
            )
        if self.spent + usd(estimate) > self._limit:
            raise BudgetError(
                f"{what} would cost ${usd(estimate):.2f}, and ${self.spent:.2f} of this month's ${self._limit:.2f} "
                "are spent; nothing was spent on it. Wait for next month, load fewer days by --from and --to, or raise "
                "GROUNDUP_MONTHLY_BUDGET_USD."
            )
        left = int((self._limit - self.spent) / USD_PER_TIB * TIB)
        return max(min(self._most_bytes, left), estimate, MINIMUM_PER_TABLE)
