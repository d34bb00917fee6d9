"""Plays scenarios against a real stack: kills, lets `groundup load` alone put things right, and looks at the result."""

import contextlib
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import psutil

from loaders.store.connection import connected
from loaders.store.query import ask
from stack.lifecycle import launch, wait_healthy
from stack.lifecycle import stop as stop_services
from stack.places import places_of
from stack.superset_server import superset_is_healthy
from stack.supervisord import supervisord_processes
from tests.conftest import Stack
from tests.faults import victims
from tests.faults.company import Company, catalog, change, deliver, held_timestamps, noted, settle
from tests.faults.reader import Seen, read_all_the_while
from tests.faults.scenario import FIRST, SOURCES, Blow, Scenario, Turn, draw_scenario
from tests.faults.traps import Trap
from tests.faults.verbs import FORKED, Running, Verb, start
from tests.loaders.store.conftest import drop_all
from tests.pipeline import store_deviations
from tests.stack.conftest import processes_of

# In one scenario of so many, Superset runs, too, and is killed once: its boot takes as long as many kills.
SUPERSET_EVERY = 3
SERVERS = {"mariadbd", "mysqld", "redis-server"}
# Superset takes its time to boot; everything else is back within a second or two.
BACK_SECONDS = {"superset": 900.0}


class FaultError(AssertionError):
    """Something was not put right, or somebody saw it."""


@dataclass(frozen=True)
class Kill:
    """A kill that was tried: of whom, during what, whether it hit a living process at work."""

    victims: tuple[str, ...]
    verb: str
    moment: str
    hit: bool


@dataclass
class Outcome:
    """What has been gone through."""

    kills: list[Kill] = field(default_factory=list)
    # Seconds that each `groundup load` took that put things right.
    recoveries: list[float] = field(default_factory=list)
    scenarios: int = 0
    checks: int = 0
    states: int = 0
    absences: int = 0

    @property
    def hits(self) -> int:
        """The kills that hit."""
        return sum(kill.hit for kill in self.kills)


@dataclass
class Usual:
    """What a verb takes when nobody is killed: seconds, and statements by engine."""

    seconds: float
    statements: dict[str, int]


def endure(
    stack: Stack,
    folder: Path,
    seed: int,
    kills: int,
    *,
    only: int | None = None,
    first: int = 0,
    after_each: Callable[[Outcome], None] = lambda _: None,
) -> Outcome:
    """Play scenarios from the `first` on until that many kills have hit, or one scenario.

    Raises FaultError with how to play it again.
    """
    outcome = Outcome()
    usual: dict[str, Usual] = {}
    number = first if only is None else only
    while outcome.hits < kills:
        scenario = draw_scenario(seed, number, with_superset=number % SUPERSET_EVERY == 2)
        place = folder / f"scenario-{number}"
        place.mkdir()
        try:
            Play(stack, place, scenario, usual, outcome).play()
        except Exception as error:
            raise FaultError(
                f"{error}\nScenario {number} of seed {seed}. Play it again: "
                f"FAULT_SEED={seed} FAULT_SCENARIO={number} .venv/bin/pytest tests/faults -k endures\n{scenario}"
            ) from error
        shutil.rmtree(place)
        outcome.scenarios += 1
        after_each(outcome)
        if only is not None:
            break
        number += 1
    return outcome


class Play:
    """One scenario on the stage."""

    def __init__(
        self, stack: Stack, folder: Path, scenario: Scenario, usual: dict[str, Usual], outcome: Outcome
    ) -> None:
        self.stack, self.folder, self.scenario, self.usual, self.outcome = stack, folder, scenario, usual, outcome
        self.company = Company()
        self.chance = random.Random(scenario.seed)
        self.needs_superset = any(blow.victims == ("superset",) for turn in scenario.turns for blow in turn.blows)
        self.told: list[str] = []
        self.dying: list[psutil.Process] = []
        self.started = time.monotonic()

    def play(self) -> None:
        self._set_the_stage()
        with self._reader() as ask_reader:
            for number, turn in enumerate(self.scenario.turns):
                try:
                    self._take(turn)
                    if wrong := ask_reader().wrong:
                        raise FaultError("a reader saw: " + "\n".join(wrong[:20]))
                except Exception as error:
                    said = "\n".join(self.told)
                    raise FaultError(f"Turn {number} ({turn}): {error}\n{said}") from error
            seen = ask_reader()
        self.outcome.checks += seen.checks
        self.outcome.states += seen.states
        self.outcome.absences += seen.absences
        if self.needs_superset:
            wait_healthy(self.stack.environment, ["superset"], timeout=BACK_SECONDS["superset"])
        self._require_one_of_each()
        if self.needs_superset:
            stop_services(self.stack.environment)
            launch(self.stack.environment, ["mysql", "redis"])

    def _set_the_stage(self) -> None:
        """Two sources with some weeks of deliveries, loaded."""
        environment = self.stack.environment
        # Superset boots while the first turns are taken.
        launch(environment, ["superset"] if self.needs_superset else ["mysql", "redis"])
        for path in self.stack.home.glob("warehouse*"):
            path.unlink() if path.is_file() else shutil.rmtree(path)
        with connected(environment, "loader") as connection:
            drop_all(connection)
        for source in SOURCES:
            days = [FIRST + timedelta(days=n) for n in range(10)]
            verb = deliver(self.company, self.chance, source, days, self.folder)
            self._run(verb, "ingest")
        self._run(self._load(), "load")
        self._check()

    @contextlib.contextmanager
    def _reader(self) -> Iterator[Callable[[], Seen]]:
        ours, theirs = FORKED.Pipe()
        process = FORKED.Process(target=read_all_the_while, args=(self.stack.environment, theirs))
        process.start()

        def seen() -> Seen:
            ours.send("report")
            if not ours.poll(60):
                raise FaultError("the reader does not answer any more")
            return ours.recv()

        try:
            yield seen
        finally:
            with contextlib.suppress(OSError):
                ours.send("stop")
            process.join(20)
            process.kill()

    def _take(self, turn: Turn) -> None:
        chance = random.Random(turn.seed)
        before = deepcopy(self.company)
        verb = change(self.company, turn.kind, chance, self.folder)
        after_load = verb is None
        if turn.kind == "load" and verb:
            # The load is the one to be hit; what it loads has come unharmed.
            self._run(verb, "ingest")
            before, after_load = deepcopy(self.company), True
        first = self._load() if after_load else self._with_settings(verb)
        for number, blow in enumerate(turn.blows):
            kind = turn.kind if number == 0 else "load"
            self._strike(first if number == 0 else self._load(), kind, blow)
        self._recover(turn)
        self.company = self._what_has_happened(before, turn)
        self._check()

    def _what_has_happened(self, before: Company, turn: Turn) -> Company:
        """All or nothing: the change that was cut short is in the warehouse, or it is not."""
        held = held_timestamps(self.stack.environment.warehouse_file)
        if held == self.company.timestamps():
            # A person without events is only noted.
            forgotten = self.company.forgotten - before.forgotten
            if held != before.timestamps() or forgotten <= noted(self.stack.environment.warehouse_file):
                return self.company
        if held == before.timestamps() and turn.kind in ("ingest", "forget", "remove"):
            before.clock = self.company.clock
            return before
        raise FaultError(f"half of a change: {held}, neither {before.timestamps()} nor {self.company.timestamps()}")

    def _strike(self, verb: Verb, kind: str, blow: Blow) -> None:
        for victim in blow.victims:
            if victim != "groundup":
                self._await(victim)
        usual = self.usual.get(kind) or self.usual["load"]
        if isinstance(blow.moment, Trap):
            trap = blow.moment
            if not trap.text:
                # Rather early: a load after a load that was nearly through says little.
                trap = replace(trap, number=int(blow.share**2 * usual.statements.get(trap.engine, 20)))
            running = self._start(verb, trap, blow.victims)
            status = running.wait()
            hit = set(running.killed()) == set(blow.victims)
            moment = f"{trap.phase} a statement to {trap.engine}"
        else:
            running = self._start(verb)
            while running.is_alive and time.monotonic() < running.started + 0.8 * blow.moment * usual.seconds:
                time.sleep(0.001)
            # All of them are killed, whether or not the first one lived.
            hits = [self._kill(running, victim) for victim in sorted(blow.victims, key="groundup".__eq__)]
            status = running.wait()
            while self.dying:
                victims.until_dead(self.dying.pop())
            hit = all(hits) and ("groundup" not in blow.victims or status == -signal.SIGKILL)
            moment = "at a random moment"
        self._remember(verb, f"{blow}, hit: {hit}, status {status}", running.said())
        self.outcome.kills.append(Kill(blow.victims, verb.arguments[0], moment, hit))
        if "Traceback" in running.said() or "Unexpected" in running.said():
            raise FaultError(f"not one sentence: {running.said()}")

    def _kill(self, running: Running, victim: str) -> bool:
        """Kill now; gives whether the victim lived, and the verb was still at work."""
        at_work = running.is_alive
        if victim == "groundup":
            running.process.kill()
            return at_work
        process = self._find(victim)
        if process:
            victims.with_signal(process)
            self.dying.append(process)
        return at_work and process is not None

    def _recover(self, turn: Turn) -> None:
        started = time.monotonic()
        # A declaration that has changed is another checkout's; the command itself only knows its own.
        if turn.recover_by_shell and not self.company.declaration:
            done = self.stack.run("load", check=False, **self._load().variables)
            status, said = done.returncode, done.stdout + done.stderr
        else:
            running = self._start(self._load())
            status, said = running.wait(), running.said()
        self.outcome.recoveries.append(time.monotonic() - started)
        self._remember(Verb(["load"]), f"to put it right, status {status}", said)
        if status:
            log = places_of(self.stack.environment).log("mysql").read_text(errors="replace")[-3000:]
            raise FaultError(f"`groundup load` alone does not put it right; MySQL's log ends with: {log}")

    def _check(self) -> None:
        """MySQL holds what the reference counts in what the warehouse should hold; nothing is left over."""
        environment = self.stack.environment
        tables = catalog(self.company, self._files()[1])
        lines = store_deviations(environment, tables, self.company.exports(), self.company.chosen)
        lines += self._left_in_mysql({table.name for table in tables.reports})
        lines += self._left_in_the_home()
        if lines:
            raise FaultError("after a load: " + "\n".join(lines[:20]))

    def _left_in_mysql(self, reports: set[str]) -> list[str]:
        environment = self.stack.environment
        # Those made from a declaration; their comment says so.
        made = "SELECT table_name FROM information_schema.tables WHERE table_comment LIKE '% · declaration %'"
        strangers = {row[0] for row in ask(environment, made).rows} - reports
        calendar = ask(environment, "SELECT source, `date`, `rows` FROM days WHERE modified_at IS NOT NULL").rows
        held: dict[str, int] = {}
        for source, _, rows in calendar:
            held[source] = held.get(source, 0) + rows
        wanted = {source: len(found) for source, found in self.company.timestamps().items()}
        wrong = [] if held == wanted else [f"days: {held} events, not {wanted}"]
        return [f"left in MySQL: {name}" for name in sorted(strangers)] + wrong

    def _left_in_the_home(self) -> list[str]:
        warehouse = self.stack.environment.warehouse_file
        beside = [path.name for path in warehouse.parent.glob("warehouse*") if path != warehouse]
        content = warehouse.read_bytes()
        people = [person for person in sorted(self.company.forgotten) if person.encode() in content]
        return [f"left beside the warehouse: {name}" for name in beside] + [
            f"forgotten, but in the warehouse's file: {person}" for person in people
        ]

    def _require_one_of_each(self) -> None:
        """No server outlives its process manager for long, and none is started twice."""
        managers = supervisord_processes(places_of(self.stack.environment))
        if len(managers) != 1:
            raise FaultError(f"there are {len(managers)} process managers")
        servers = sorted(each.name() for each in processes_of(self.stack.home) if each.name() in SERVERS)
        if servers not in (["mariadbd", "redis-server"], ["mysqld", "redis-server"]):
            raise FaultError(f"the servers are {servers}")

    # The verbs

    def _files(self) -> tuple[Path, Path]:
        return settle(self.company, self.folder)

    def _with_settings(self, verb: Verb) -> Verb:
        metrics, loaders = self._files()
        return replace(verb, variables={"GROUNDUP_METRICS_FILE": str(metrics)}, loaders=loaders)

    def _load(self) -> Verb:
        return self._with_settings(Verb(["load"]))

    def _start(self, verb: Verb, trap: Trap | None = None, whom: tuple[str, ...] = ()) -> Running:
        return start(self.stack, self.folder, verb, trap, whom)

    def _run(self, verb: Verb, kind: str) -> None:
        """A verb that nobody disturbs; it shows how long such a verb takes."""
        running = self._start(self._with_settings(verb))
        status = running.wait()
        seconds = time.monotonic() - running.started
        self._remember(verb, f"unharmed, status {status}", running.said())
        if status:
            raise FaultError(f"groundup {verb.arguments[0]} fails without a kill: {running.said()}")
        self.usual[kind] = Usual(seconds, running.counts())
        if kind == "ingest":
            self.usual["remove"] = self.usual[kind]

    def _remember(self, verb: Verb, what: str, said: str) -> None:
        seconds = time.monotonic() - self.started
        self.told.append(f"[{seconds:6.1f} s] $ groundup {' '.join(verb.arguments)}  # {what}\n{said}")
        # For whoever looks at a run that goes on.
        (self.folder / "story").write_text("\n".join(self.told))

    def _find(self, victim: str) -> psutil.Process | None:
        return victims.find(self.stack.home, victim)

    def _await(self, victim: str) -> None:
        """A victim that is still coming back from the last kill is no victim.

        One that only the next load brings back is not waited for: it is killed after that, or the kill misses.
        """
        deadline = time.monotonic() + BACK_SECONDS.get(victim, 3.0)
        while self._find(victim) is None or (victim == "superset" and not superset_is_healthy(self.stack.environment)):
            if time.monotonic() > deadline:
                if victim == "superset":
                    log = places_of(self.stack.environment).log(victim)
                    said = log.read_text(errors="replace")[-2000:] if log.exists() else "nothing"
                    raise FaultError(f"Superset does not come back; it said: {said}")
                return
            time.sleep(0.02)
