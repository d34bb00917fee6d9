"""What a scenario does and who is killed when: drawn from its seed and number alone, so that it can be played again."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tests.faults.traps import Trap
from tests.loaders.random_logs import Happening
from tests.reference import Definitions

SOURCES = {"android": "firebase", "ios": "ga4"}
FIRST = date(2024, 2, 20)  # a leap day lies ahead
LONGEST = 45
PEOPLE = [f"person-{number:02}-5f3759df" for number in range(14)]
COUNTRIES = ["Turkey", "Türkiye", "India", "Brazil", "", None]
PLATFORMS = ["ANDROID", "IOS"]
EVENTS = ["take_photo", "take_photo", "screen_view", "apply_filter", "share_photo", "session_start", "os_update"]
DEFINITIONS = [
    Definitions(event_params=frozenset({("take_photo", "filter", None), ("screen_view", "lens", 2)})),
    Definitions(mau_days=7, event_params=frozenset({("take_photo", "lens", 1)}), retention_days=frozenset({0, 1, 7})),
    Definitions(background_events=frozenset({"screen_view"}), event_params=frozenset()),
]

Kind = Literal["ingest", "load", "forget", "redefine", "redeclare", "remove"]


@dataclass(frozen=True)
class Blow:
    """Who is killed, and when: in a trap, or after a share of the time that the verb usually takes."""

    victims: tuple[str, ...]
    moment: Trap | float
    # The trap's number is a share of the usual number of statements.
    share: float = 0.0


@dataclass(frozen=True)
class Turn:
    """A change, and the blows that fall: the first one on the verb that is meant, the others on loads after it."""

    kind: Kind
    blows: tuple[Blow, ...]
    # By another Python, as a user would, and not forked.
    recover_by_shell: bool
    seed: int


@dataclass(frozen=True)
class Scenario:
    """Turns after each of which one `groundup load` must do; they begin with an empty warehouse and an empty store."""

    number: int
    seed: int
    turns: tuple[Turn, ...]


def draw_scenario(seed: int, number: int, *, with_superset: bool) -> Scenario:
    """The scenario of that number."""
    chance = random.Random(f"{seed}:{number}")
    turns = [_turn(chance) for _ in range(6)]
    if with_superset:
        turns.append(_turn(chance, victims=("superset",)))
    return Scenario(number, chance.getrandbits(32), tuple(turns))


def _turn(chance: random.Random, victims: tuple[str, ...] | None = None) -> Turn:
    kinds: list[Kind] = ["ingest", "load", "forget", "redefine", "redeclare", "remove"]
    kind = chance.choices(kinds, [6, 8, 3, 2, 3, 1])[0] if victims is None else "load"
    blows = [_blow(chance, kind, victims)]
    while len(blows) < 3 and chance.random() < 0.3 and victims is None:
        blows.append(_blow(chance, "load", None))
    return Turn(kind, tuple(blows), chance.random() < 0.1, chance.getrandbits(32))


def _blow(chance: random.Random, kind: Kind, victims: tuple[str, ...] | None) -> Blow:
    if victims is None:
        both = [("mysql", "supervisor"), ("groundup", "mysql")]
        choices = [("groundup",), ("mysql",), ("supervisor",), ("redis",), *both]
        in_warehouse = kind in ("ingest", "remove")
        weights = [10, 1, 1, 1, 1, 0] if in_warehouse else [8, 6, 2, 1, 3, 2]
        victims = chance.choices(choices, weights)[0]
    share = chance.random()
    if victims == ("superset",) or chance.random() < 0.25:
        return Blow(victims, share)
    phase = chance.choice(["before", "during", "during", "after"])
    delay = chance.random() ** 2 * 0.01
    if kind in ("ingest", "remove") or (kind == "forget" and chance.random() < 0.5) or chance.random() < 0.2:
        text = chance.choice(["", "", "COMMIT", *(["COPY FROM", "DETACH"] if kind == "forget" else [])])
        return Blow(victims, Trap("duckdb", phase, 0, delay, text), share if not text else 0.0)
    text = chance.choice(["", "", "COMMIT", "LOAD DATA", "INTO slices", "INTO days", "DELETE FROM"])
    if kind == "redeclare":
        text = chance.choice(["", "RENAME", "RENAME", "CREATE TABLE", "DROP TABLE", "DELETE FROM slices", "LOAD DATA"])
    # The calendar is written once in a load, at most, and everything is renamed at once.
    number = chance.choice([0, 0, 1, 2, 3]) if text not in ("", "INTO days", "RENAME", "COMMIT") else 0
    return Blow(victims, Trap("mysql", phase, number, delay, text), share if not text else 0.0)


def draw_day(chance: random.Random, day: date, clock: int) -> list[Happening]:
    """A delivery: what a few people did on a day. No two events of a scenario have one timestamp."""
    found = []
    for number in range(chance.choice([1, 6, 12, 25])):
        params = [(key, chance.randrange(4)) for key in ("filter", "lens") if chance.random() < 0.5]
        found.append(
            Happening(
                day=f"{day:%Y%m%d}",
                name=chance.choice(EVENTS),
                timestamp=clock + number,
                user=chance.choice([*PEOPLE, None]),
                country=chance.choice(COUNTRIES),
                platform=chance.choice(PLATFORMS),
                version=chance.choice(["1.9", "1.10", None]),
                params=tuple(params),
            )
        )
    return found


def draw_days(chance: random.Random, known: Sequence[date]) -> list[date]:
    """Days to deliver: mostly some that were delivered before, else others in the same weeks."""
    every = [FIRST + timedelta(days=n) for n in range(LONGEST)]
    some = list(known) if known and chance.random() < 0.5 else every
    return sorted(chance.sample(some, min(len(some), chance.choice([1, 1, 2, 4]))))
