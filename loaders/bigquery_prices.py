"""What BigQuery bills, in bytes and dollars."""

from __future__ import annotations

MIB = 2**20
TIB = 2**40

# On-demand analysis in the US, per https://cloud.google.com/bigquery/pricing; other regions cost up to a half more.
USD_PER_TIB = 6.25

# "10 MB minimum data processed per table referenced by the query", on the same page.
MINIMUM_PER_TABLE = 10 * MIB


def bytes_to_bill(processed: int, tables: int) -> int:
    """The bytes that BigQuery bills for a statement that reads `processed` bytes of so many tables."""
    if processed <= 0:
        return 0
    return max(-(-processed // MIB) * MIB, MINIMUM_PER_TABLE * max(tables, 1))


def usd(bytes_billed: int) -> float:
    """The dollars for bytes that are billed on demand."""
    return bytes_billed / TIB * USD_PER_TIB


def readable(size: int) -> str:
    """A number of bytes for people, such as `12.3 GiB`."""
    amount = float(size)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if amount < 1024:  # noqa: PLR2004 - of each unit
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"
