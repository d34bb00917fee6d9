"""A month's dollars, from what a night is billed and from what is stored. Prices are those in the US."""

from __future__ import annotations

from loaders.bigquery_prices import USD_PER_TIB, usd

NIGHTS = 30
GIB = 2**30

# Logical storage, per https://cloud.google.com/bigquery/pricing: what was written within 90 days, and what was not.
USD_PER_ACTIVE_GIB = 0.02
USD_PER_LONG_TERM_GIB = 0.01

# The first TiB of queries of a month is Google's gift.
FREE_USD = USD_PER_TIB


def queries_usd(billed_a_night: int, nights: int = NIGHTS) -> float:
    """What the queries of a month cost on demand, the gift not taken off."""
    return usd(billed_a_night * nights)


def after_the_gift(dollars: float) -> float:
    """The same when nobody else has used the month's first TiB."""
    return max(dollars - FREE_USD, 0.0)


def storage_usd(active: float, long_term: float = 0.0) -> float:
    """What a month of so many bytes costs."""
    return active / GIB * USD_PER_ACTIVE_GIB + long_term / GIB * USD_PER_LONG_TERM_GIB
