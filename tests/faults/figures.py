"""What a run of kills comes to, as the table of docs/reliability.md."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from statistics import median, quantiles

from tests.faults.harness import Outcome

NAMES = {
    ("groundup",): "the `groundup` process itself",
    ("mysql",): "MariaDB",
    ("supervisor",): "supervisord",
    ("mysql", "supervisor"): "MariaDB and supervisord together",
    ("groundup", "mysql"): "`groundup` and MariaDB together",
    ("redis",): "Redis",
    ("superset",): "Superset",
}


def table(outcome: Outcome) -> str:
    """The kills by victim and by verb, and what came of them."""
    verbs = sorted({kill.verb for kill in outcome.kills})
    hits = Counter((kill.victims, kill.verb) for kill in outcome.kills if kill.hit)
    misses = Counter(kill.victims for kill in outcome.kills if not kill.hit)
    lines = [
        f"| killed | {' | '.join(f'during `{verb}`' for verb in verbs)} | hits | misses |",
        f"| --- |{' ---: |' * (len(verbs) + 2)}",
    ]
    for victims, name in NAMES.items():
        counts = [hits[victims, verb] for verb in verbs]
        lines.append(f"| {name} | {' | '.join(map(str, counts))} | {sum(counts)} | {misses[victims]} |")
    return "\n".join(lines)


def sentences(outcome: Outcome, seed: int) -> str:
    """The rest, in words."""
    recoveries = sorted(outcome.recoveries)
    slow = quantiles(recoveries, n=20, method="inclusive")[-1] if len(recoveries) > 1 else recoveries[0]
    return (
        f"{outcome.hits:,} kills hit a living process at work (of {len(outcome.kills):,} tried), in "
        f"{outcome.scenarios:,} scenarios of seed {seed}, on {date.today()}. After them `groundup load` was run "
        f"{len(recoveries):,} times and always ended in the tables of a clean load. It took {median(recoveries):.1f} s "
        f"in the median, {slow:.1f} s in the slowest twentieth, {recoveries[-1]:.1f} s at most. The reader saw MySQL "
        f"{outcome.checks:,} times, in {outcome.states:,} different states, and {outcome.absences:,} times nobody "
        "answered it. Wrong states: 0."
    )


def write(page: Path, outcome: Outcome, seed: int) -> None:
    """Puts the figures between the page's marks."""
    text = page.read_text()
    body = f"<!-- kills -->\n{sentences(outcome, seed)}\n\n{table(outcome)}\n<!-- /kills -->"
    page.write_text(re.sub(r"<!-- kills -->.*<!-- /kills -->", lambda _: body, text, flags=re.DOTALL))
