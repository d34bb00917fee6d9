"""The stack in containers, with a home and ports of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings.environment import PROJECT, Environment
from settings.secret_files import secrets_in_files
from tests.containers.compose import FILE, program

ADDITIONS = Path(__file__).parent / "additions.yaml"
AIRFLOW = ("airflow", "airflow-scheduler", "airflow-dags")


@dataclass(frozen=True)
class Containers:
    """A project of compose."""

    name: str
    home: Path
    superset_port: int
    airflow_port: int
    smtp_port: int

    @property
    def environment(self) -> Environment:
        """What whoever opens Superset has to know."""
        files = secrets_in_files(self.home / "secrets")
        passwords = {name.removeprefix("GROUNDUP_").lower(): value for name, value in files.items()}
        return Environment(
            home=self.home, superset_port=self.superset_port, airflow_port=self.airflow_port, **passwords
        )

    @property
    def secrets(self) -> dict[str, str]:
        """All secrets by their file; those that are not set are not there."""
        texts = {path.name: path.read_text() for path in (self.home / "secrets").iterdir()}
        return {name: text for name, text in texts.items() if text}

    @property
    def command(self) -> list[str]:
        """Docker compose on this project."""
        return [
            str(program()),
            "--env-file",
            "/dev/null",
            "--project-name",
            self.name,
            "--file",
            str(FILE),
            "--file",
            str(ADDITIONS),
        ]

    @property
    def variables(self) -> dict[str, str]:
        """The environment of that command."""
        return {
            **os.environ,
            "GROUNDUP_HOME": str(self.home),
            "GROUNDUP_SUPERSET_PORT": str(self.superset_port),
            "GROUNDUP_AIRFLOW_PORT": str(self.airflow_port),
            "GROUNDUP_SMTP_HOST": "mail.example",
            "GROUNDUP_SMTP_PORT": str(self.smtp_port),
        }

    def compose(self, *arguments: str, timeout: float = 900, check: bool = True) -> str:
        """What compose said. A failure fails the test unless `check` is off."""
        return self._run([*self.command, *arguments], PROJECT, timeout, check)

    def follow(self, instructions: str, folder: Path) -> None:
        """Do what a page says, in this folder: its lines that begin with `$ `."""
        for line in re.findall(r"^\$ (.*)$", instructions, re.MULTILINE):
            ours = line.replace("docker compose", shlex.join(self.command), 1)
            self._run(["bash", "-ec", ours], folder, timeout=900, check=True)

    def _run(self, command: list[str], folder: Path, timeout: float, check: bool) -> str:
        ended = subprocess.run(
            command,
            cwd=folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        said = f"{shlex.join(command)}: {ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
        assert ended.returncode == 0 or not check, said
        return ended.stdout

    def up(self, *options: str) -> None:
        """As a user starts it."""
        self.compose(*options, "up", "--detach", "--wait", "--wait-timeout", "800")

    def run_in(self, service: str, *command: str) -> str:
        """What a command in a container said."""
        return self.compose("exec", "-T", service, *command)

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query on the reports."""
        rows: list[dict[str, Any]] = json.loads(self.run_in("loader", "groundup", "sql", query, "--format", "json"))
        return rows

    def states(self) -> dict[str, dict[str, Any]]:
        """What the engine says of each service's container, those that have ended too."""
        numbers = self.compose("--profile", "*", "ps", "--all", "--quiet").split()
        told = json.loads(engine("inspect", *numbers))
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in told}


def engine(*arguments: str) -> str:
    """What docker said."""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True, timeout=120).stdout


def engine_answers() -> bool:
    """Whether there is an engine of containers."""
    try:
        engine("ps")
    except (OSError, subprocess.SubprocessError):
        return False
    return True
