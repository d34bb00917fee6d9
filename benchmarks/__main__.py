"""`make bench`: measures the sections asked for (all without arguments), prints a Markdown table, writes JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

from benchmarks.figures import Figure, as_json, as_markdown
from settings.environment import load_environment

# Each is a module here with `measure(workspace) -> list[Figure]`.
SECTIONS = ("pipeline", "store", "charts", "serving", "cost")


def main() -> int:
    """Ends with 0 also when a bound is not kept: machines differ, the reader judges."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)}; all unless given")
    asked = parser.parse_args().sections or list(SECTIONS)
    unknown = set(asked) - set(SECTIONS)
    if unknown:
        parser.error(f"there is no section {sorted(unknown)[0]}; the sections are {', '.join(SECTIONS)}")
    workspace = load_environment().home / "bench"
    workspace.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    for section in asked:
        sys.stderr.write(f"Measuring {section}\n")
        figures += importlib.import_module(f"benchmarks.{section}").measure(workspace)
    result = Path(workspace / "figures.json")
    result.write_text(json.dumps(as_json(figures), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"\n{as_markdown(figures)}\nAs JSON: {result}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
