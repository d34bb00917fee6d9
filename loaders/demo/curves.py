"""The demo app's fortunes as curves, in whole numbers so that every machine draws the same line."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence

# Of 1,000,000 users of a cohort, those active n days after the first day; straight lines between the anchors.
RETENTION = (
    (0, 1_000_000), (1, 450_000), (2, 385_000), (3, 345_000), (5, 290_000), (7, 250_000), (14, 180_000),
    (21, 145_000), (30, 120_000), (45, 98_000), (60, 85_000), (90, 68_000), (180, 48_000), (365, 35_000),
)  # fmt: skip
# Of 1,000 users who still use the app n days after the first, those who open it on an average day.
FREQUENCY = ((0, 1_000), (1, 560), (7, 600), (30, 700), (365, 760))

# Monday to Sunday, in per mille of an average day.
WEEKDAY_USE = (900, 880, 900, 940, 1_040, 1_180, 1_160)
WEEKDAY_INSTALLS = (900, 880, 900, 940, 1_050, 1_200, 1_130)

# What the launch adds, in per mille of the first ordinary day's installs; those grow by 60 % over the period.
LAUNCH = (5_000, 3_600, 2_800, 2_300, 1_900, 1_600, 1_300)

# Of 100 users, how many the store offers the release on each day of the staged roll-out; the rest never update.
ROLL_OUT = (1, 4, 7, 14, 22, 25, 20)


def interpolate(anchors: Sequence[tuple[int, int]], at: int) -> int:
    """The value at `at` on the straight line between the two anchors around it; past the last, the last."""
    for (left, low), (right, high) in itertools.pairwise(anchors):
        if at <= right:
            return low + (high - low) * (at - left) // (right - left)
    return anchors[-1][1]


def using(age: int) -> int:
    """Of 1,000,000 users of a cohort, those who open the app `age` days after their first day or later."""
    return min(1_000_000, interpolate(RETENTION, age) * 1_000 // interpolate(FREQUENCY, age))


def install_weights(first: datetime.date, days: int) -> list[int]:
    """Relative number of installs on each of the days that start with `first`."""
    ordinary = (1_000 + 600 * day // days for day in range(days))
    return [
        (level + (LAUNCH[day] if day < len(LAUNCH) else 0))
        * WEEKDAY_INSTALLS[(first + datetime.timedelta(day)).weekday()]
        for day, level in enumerate(ordinary)
    ]


def release_day(days: int) -> int:
    """The day (0 = the first) on which the release begins to roll out."""
    return days * 11 // 20


def push_day(days: int) -> int:
    """The day (0 = the first) of the marketing push."""
    return days * 7 // 10


def urn(weights: Sequence[int], slots: int) -> list[int]:
    """`slots` indices into `weights`, each as often as its weight asks (largest remainder; ties to the earlier).

    A uniform draw from the urn is a weighted draw from the catalogue.
    """
    total = sum(weights)
    counts = [weight * slots // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(weights[index] * slots % total), index))
    for index in by_remainder[: slots - sum(counts)]:
        counts[index] += 1
    return [index for index, count in enumerate(counts) for _ in range(count)]
