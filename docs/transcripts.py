"""Runs the commands that a Markdown page shows and puts what they print under them.

python -m docs.transcripts README.md — a block that begins with ```console and follows <!-- run --> is run command by
command in a copy of the project, in a fresh home with ports of its own. The tests run the same blocks and compare.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from settings.environment import PROJECT

_BLOCK = re.compile(r"(<!-- run -->\n```console\n)(.*?)(```\n)", re.DOTALL)
# On a terminal this is a bar that is gone in the end.
_PROGRESS = re.compile(r"(Loading|Ingesting): ")
_SECONDS = re.compile(r"\d+\.\d s\b")


def run(command: str, variables: Mapping[str, str], folder: Path = PROJECT) -> str:
    """What a command prints, both streams together."""
    result = subprocess.run(
        command,
        shell=True,
        executable="/bin/bash",
        cwd=folder,
        env={**variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return "\n".join(line.rstrip() for line in result.stdout.splitlines() if not _PROGRESS.match(line))


def commands(block: str) -> Iterator[str]:
    """The block's commands; one that ends with <<'END' goes on until that word."""
    lines = iter(block.splitlines())
    for line in lines:
        if not line.startswith("$ "):
            continue
        command = [line.removeprefix("$ ")]
        while command[0].endswith("<<'END'") and command[-1] != "END":
            command.append(next(lines))
        yield "\n".join(command)


def rerun(block: str, variables: Mapping[str, str], folder: Path = PROJECT) -> str:
    """The block's commands with what they print now."""
    lines = []
    for command in commands(block):
        printed = run(command, variables, folder)
        lines += [f"$ {command}", *([printed] if printed else [])]
    return "\n".join(lines) + "\n"


def blocks(page: str) -> Iterator[str]:
    """The contents of the page's blocks that are to be run."""
    for match in _BLOCK.finditer(page):
        yield match.group(2)


def comparable(block: str) -> str:
    """The block without what differs from run to run: how many seconds something took."""
    return _SECONDS.sub("0.0 s", block)


def refresh(path: Path, variables: Mapping[str, str], folder: Path) -> None:
    """Rewrites the page's blocks where what they print in that copy of the project has changed."""

    def renew(match: re.Match[str]) -> str:
        renewed = rerun(match.group(2), variables, folder)
        kept = match.group(2) if comparable(renewed) == comparable(match.group(2)) else renewed
        return match.group(1) + kept + match.group(3)

    path.write_text(_BLOCK.sub(renew, path.read_text(encoding="utf-8")), encoding="utf-8")


@contextmanager
def playground(place: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A copy of the project that may be changed, and variables under which its `groundup` runs there.

    MySQL is up and holds the reports of a small demo, as after `make up`.
    """
    from tests.conftest import new_stack

    copy = place / "project"
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in files:
        if (PROJECT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / name, copy / name)
    stack = new_stack(place / "home")
    variables = {**stack.shell_variables, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    stack.run("up", "mysql")
    try:
        run("groundup demo --users 300 --end 2026-02-28 && groundup load", variables, copy)
        yield copy, variables
    finally:
        stack.run("down")


def main() -> None:
    """Refreshes the pages that are named."""
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder, playground(Path(folder)) as (copy, variables):
            refresh(PROJECT / name, variables, copy)


if __name__ == "__main__":
    main()
