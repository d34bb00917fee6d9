"""Superset's reader of date ranges, such as "Last quarter"."""

from __future__ import annotations


def build_the_parser() -> None:
    """Have it whole before there are threads.

    pyparsing goes on building a grammar while it is used for the first time. Two threads in it spoil it for as long as
    the process lives, and every chart of "the last quarter" ends in an error.
    """
    from superset.utils.date_parser import datetime_eval  # noqa: PLC0415 - not before the application is there

    datetime_eval("DATETIME('today')")
