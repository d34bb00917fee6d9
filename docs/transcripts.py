"""Runs the commands that a Markdown page shows and puts what they print under them.

python -m docs.transcripts README.md — a block that begins with ```console and follows <!-- run --> is run line by
line in a fresh home with ports of its own. The tests run the same blocks and compare.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from settings.environment import PROJECT

_BLOCK = re.compile(r"(<!-- run -->\n```console\n)(.*?)(```\n)", re.DOTALL)
_SECONDS = re.compile(r"\d+\.\d s\b")


def run(command: str, variables: Mapping[str, str]) -> str:
    """What a command line prints, both streams together."""
    result = subprocess.run(
        command,
        shell=True,
        executable="/bin/bash",
        cwd=PROJECT,
        env={**variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return "\n".join(line.rstrip() for line in result.stdout.splitlines())


def rerun(block: str, variables: Mapping[str, str]) -> str:
    """The block's commands with what they print now."""
    lines = []
    for line in block.splitlines():
        if line.startswith("$ "):
            printed = run(line.removeprefix("$ "), variables)
            lines += [line, *([printed] if printed else [])]
    return "\n".join(lines) + "\n"


def blocks(page: str) -> Iterator[str]:
    """The contents of the page's blocks that are to be run."""
    for match in _BLOCK.finditer(page):
        yield match.group(2)


def comparable(block: str) -> str:
    """The block without what differs from run to run: how many seconds something took."""
    return _SECONDS.sub("0.0 s", block)


def refresh(path: Path, variables: Mapping[str, str]) -> None:
    """Rewrites the page's blocks where what they print has changed."""

    def renew(match: re.Match[str]) -> str:
        renewed = rerun(match.group(2), variables)
        kept = match.group(2) if comparable(renewed) == comparable(match.group(2)) else renewed
        return match.group(1) + kept + match.group(3)

    path.write_text(_BLOCK.sub(renew, path.read_text(encoding="utf-8")), encoding="utf-8")


def make_small_demo(variables: Mapping[str, str]) -> None:
    """What `make up` leaves in the warehouse, with few users."""
    run("groundup demo --users 300 --end 2026-02-28", variables)


def main() -> None:
    """Refreshes the pages that are named."""
    from tests.conftest import new_stack

    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            stack = new_stack(Path(folder) / "home")
            stack.run("up", "mysql")
            make_small_demo(stack.shell_variables)
            try:
                refresh(PROJECT / name, stack.shell_variables)
            finally:
                stack.run("down")


if __name__ == "__main__":
    main()
