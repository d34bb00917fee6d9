"""`groundup store-ranks`: the ranks of apps in the store's charts."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

import typer

from groundup.arguments import parse_day, usage_error
from groundup.progress import progress
from loaders.store_ranks.charts import CHARTS
from loaders.store_ranks.load import LoadedChart, Wish, load_chart
from settings.environment import load_environment
from stack.revival import revive

store_ranks = typer.Typer(help="Ranks of apps in the store's charts.", no_args_is_help=True)


class Store(StrEnum):
    """The stores whose feeds are read."""

    APPLE = "apple"


# A group of one verb would take the verb's name for its argument.
@store_ranks.callback()
def _group() -> None:
    return


@store_ranks.command()
def load(
    feed: Annotated[
        str | None, typer.Argument(metavar="[FILE|URL]", help="Apple's JSON, gzipped or not; today's chart from Apple.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="CC", help="The store's country, such as HK; the feed's own unless given.")
    ] = None,
    chart: Annotated[str | None, typer.Option(help=f"{', '.join(CHARTS)}; the feed's own unless given.")] = None,
    date: Annotated[
        dt.date | None,
        typer.Option(parser=parse_day, metavar="DAY", help="The day of the chart; the feed's own, else today."),
    ] = None,
    store: Annotated[Store, typer.Option(help="The store.")] = Store.APPLE,
) -> None:
    """Put a chart of a day into the table store_ranks; a chart that is there already is replaced.

    Example: groundup store-ranks load hk.json --country HK --chart top-free --date 2019-07-15

    Example: groundup store-ranks load --country HK --chart top-free
    """
    if feed is None and not (country and chart):
        raise usage_error("Name a feed, or say which chart to fetch: --country HK --chart top-free.")
    if feed is None and date:
        raise usage_error("Apple publishes today's chart alone; name the feed of that day.")
    environment = load_environment()
    with progress() as say:
        revive(environment, say)
        loaded = load_chart(environment, Wish(feed, country, chart, date, store.value), say)
    typer.echo(_summary(loaded))


def _summary(loaded: LoadedChart) -> str:
    chart = loaded.chart
    replaced = f", in place of {loaded.replaced}" if loaded.replaced else ""
    return (
        f"{len(chart.apps)} ranks of {chart.chart} in {chart.country} on {chart.date} are in MySQL{replaced}; "
        f"the first is {chart.apps[0].name}."
    )
