"""The cache follows the data: what a load changed is new at once, and made ready before anybody asks again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import redis
import yaml

from settings.environment import PROJECT
from tests.browser.superset import SupersetPage
from tests.conftest import Stack
from tests.waiting import wait_until

# Charts that also show the releases, which come from the report `events`.
WITH_RELEASES = {
    content["slice_name"]
    for content in (yaml.safe_load(path.read_text()) for path in (PROJECT / "charts").glob("*.yaml"))
    if content["params"].get("annotation_layers")
}


@dataclass(frozen=True)
class Answer:
    """Whether figures came out of the cache, and when MySQL had been asked for them."""

    is_cached: bool
    at: dt.datetime


def answers_of(page: SupersetPage, slug: str) -> dict[str, Answer]:
    """Open a dashboard; chart, or filter and its column → its answer."""
    _, listed = page.request("GET", "/api/v1/chart/?q=(columns:!(id,slice_name),page_size:100)")
    names = {chart["id"]: chart["slice_name"] for chart in listed["result"]}
    responses: list[Any] = []

    def note(response: Any) -> None:
        if "/api/v1/chart/data" in response.url:
            responses.append(response)

    page.page.on("response", note)
    page.open_dashboard(slug)
    page.page.wait_for_load_state("networkidle")
    page.page.remove_listener("response", note)
    found = {}
    for response in responses:
        asked = response.request.post_data_json
        name = names.get((asked.get("form_data") or {}).get("slice_id")) or f"filter {asked['queries'][0]['columns']}"
        [*results] = response.json()["result"]
        at = min(dt.datetime.fromisoformat(result["queried_dttm"]) for result in results)
        found[name] = Answer(all(result["is_cached"] for result in results), at)
    return found


def wait_until_ready(stack: Stack, *, other_than: bytes | None = None) -> bytes:
    """What the worker has made ready, as soon as it is another state than this one, or has been made anew."""
    environment = stack.environment
    with redis.Redis(port=environment.redis_port, password=environment.redis_password, db=3) as client:
        if other_than is None:
            client.delete("groundup:warm")
        return wait_until(lambda: {client.get("groundup:warm")} - {None, other_than}, 300).pop()


def test_a_load_renews_what_it_changed_and_nothing_else(employee: SupersetPage, stack: Stack) -> None:
    for slug in ("daily-report", "events"):
        answers_of(employee, slug)
        assert all(answer.is_cached for answer in answers_of(employee, slug).values())
    # Superset writes whole seconds.
    before = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=1)
    stack.run("load", "--report", "events", "--force")
    events, daily = answers_of(employee, "events"), answers_of(employee, "daily-report")
    assert {name for name in WITH_RELEASES & events.keys() if events[name].at < before} == set()
    untouched = daily.keys() - WITH_RELEASES
    assert len(untouched) > 5
    assert {name for name in untouched if daily[name].at >= before} == set()


def test_the_worker_makes_ready_what_people_look_at(employee: SupersetPage, stack: Stack) -> None:
    answers_of(employee, "growth")
    # An earlier load may not have been looked at yet.
    before = wait_until_ready(stack)
    stack.run("load", "--report", "growth", "--force")
    wait_until_ready(stack, other_than=before)
    assert {name for name, answer in answers_of(employee, "growth").items() if not answer.is_cached} == set()
