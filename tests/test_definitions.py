"""metrics.yaml as it is shipped: the definitions that docs/metrics.md gives.

A company that chooses otherwise changes this test too, and restates what depends on it.
"""

from loaders.metrics import load_metrics
from tests.definitions import PROJECT
from tests.reference import Definitions


def test_the_shipped_settings_are_the_documented_ones() -> None:
    shipped = load_metrics(PROJECT / "metrics.yaml")
    assert Definitions() == Definitions(
        background_events=frozenset(shipped.activity.background_events),
        mau_days=shipped.activity.mau_days,
        take_events=frozenset(shipped.report.take_events),
        country_aliases=frozenset(shipped.country_aliases.items()),
        excluded_events=frozenset(shipped.events.excluded),
        event_params=frozenset(
            (event, key, listed.top) for event, keys in shipped.event_params.items() for key, listed in keys.items()
        ),
        retention_days=frozenset(shipped.retention.days),
    )
    assert shipped.final_after_days == 3
