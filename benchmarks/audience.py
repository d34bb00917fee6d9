"""People who open a dashboard at the same moment, each with a session and a browser's connections of their own."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

# As many connections as a browser opens to one server.
CONNECTIONS = 6
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|"csrf_token"[^>]*value="([^"]+)"')
_SIGN_IN_TRIES = 40


@dataclass(frozen=True)
class Question:
    """A request for a chart's figures as a browser has sent it."""

    path: str
    body: dict[str, Any]


@dataclass
class Served:
    """What an audience was given in a time: the milliseconds of each answer, and what was no answer."""

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    cached: int = 0

    @property
    def rate(self) -> float:
        """Charts a second."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, percent: int) -> float:
        """The milliseconds within which so many of a hundred charts were there."""
        return statistics.quantiles(self.milliseconds, n=100)[percent - 1]


class Audience:
    """Some people at one server."""

    def __init__(self, url: str, people: int) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self._people = [
            httpx.AsyncClient(base_url=url, limits=limits, timeout=300, trust_env=False) for _ in range(people)
        ]
        self._url = url

    async def sign_in(self, username: str, password: str) -> None:
        """Each through the form, one after the other: signing in is not what is measured."""
        for person in self._people:
            await _sign_in(person, username, password)

    async def open_once(self, questions: Sequence[Question]) -> Served:
        """All open the page at one moment; ends when the last has all its charts."""
        served, started = Served(), time.perf_counter()
        await asyncio.gather(*(self._open(person, questions, served) for person in self._people))
        served.seconds = time.perf_counter() - started
        return served

    async def open_again_and_again(self, questions: Sequence[Question], seconds: float) -> Served:
        """The same for some seconds, each opening the page anew when it is there; only what came in time counts."""
        served, started = Served(), time.perf_counter()

        async def stay(person: httpx.AsyncClient) -> None:
            while True:
                await self._open(person, questions, served)

        people = [asyncio.create_task(stay(person)) for person in self._people]
        await asyncio.sleep(seconds)
        served.seconds = time.perf_counter() - started
        for task in people:
            task.cancel()
        await asyncio.gather(*people, return_exceptions=True)
        return served

    async def close(self) -> None:
        """All leave."""
        await asyncio.gather(*(person.aclose() for person in self._people))

    async def _open(self, person: httpx.AsyncClient, questions: Sequence[Question], served: Served) -> None:
        # A browser asks no more than its connections carry.
        free = asyncio.Semaphore(CONNECTIONS)

        async def ask(question: Question) -> None:
            async with free:
                started = time.perf_counter()
                answer = await person.post(question.path, json=question.body)
                taken = time.perf_counter() - started
            if answer.status_code == httpx.codes.OK and all("data" in part for part in answer.json()["result"]):
                served.milliseconds.append(taken * 1_000)
                served.cached += all(part["is_cached"] for part in answer.json()["result"])
            else:
                served.faults.append(f"{answer.status_code} {answer.text[:200]}")

        await asyncio.gather(*(ask(question) for question in questions))


async def _sign_in(person: httpx.AsyncClient, username: str, password: str) -> None:
    for _ in range(_SIGN_IN_TRIES):
        form = await person.get("/login/")
        answer = await person.post(
            "/login/", data={"username": username, "password": password, "csrf_token": _token(form.text)}
        )
        # A server lets only so many sign in at once.
        if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            break
        await asyncio.sleep(2)
    page = await person.get("/superset/dashboard/daily-report/")
    page.raise_for_status()
    person.headers["X-CSRFToken"] = _token(page.text)
    person.headers["Referer"] = str(page.url)


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    if found is None:
        raise RuntimeError("Superset's page has no CSRF token")
    return str(found.group(1) or found.group(2))
