"""Airflow's side of a command line: an operator that runs it, and a sensor that asks whether a day is there."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airflow.providers.standard.hooks.subprocess import SubprocessHook
from airflow.sdk import BaseOperator, BaseSensorOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from orchestration.waiting import Day, judge

PROJECT = Path(__file__).resolve().parent.parent
# The command line lives in an environment of its own.
_GROUNDUP = str(PROJECT / ".venv" / "bin" / "groundup")


class GroundUp(BaseOperator):  # type: ignore[misc]
    """Runs a verb of `groundup`. What it said last is the reason of a failure."""

    template_fields: Sequence[str] = ("arguments",)
    ui_color = "#e8f1ff"

    def __init__(self, *, arguments: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments
        self._process: Any = None

    def execute(self, context: Any) -> None:  # noqa: ARG002
        """Raises AirflowException with the command's own sentence."""
        self._process = SubprocessHook()
        ended = self._process.run_command([_GROUNDUP, *shlex.split(self.arguments)], cwd=str(PROJECT))
        if ended.exit_code:
            raise AirflowException(ended.output or f"groundup {self.arguments} ended with {ended.exit_code}.")

    def on_kill(self) -> None:
        """Ends the command too; what it had begun is undone."""
        if self._process is not None:
            self._process.send_sigterm()


class DayIsThere(BaseSensorOperator):  # type: ignore[misc]
    """Waits until all sources have delivered the day, by a plan, which reads free metadata alone."""

    template_fields: Sequence[str] = ("arguments",)
    ui_color = "#fff4d6"

    def __init__(self, *, arguments: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments

    def poke(self, context: Any) -> bool:
        """Whether the day is there. A backfill does not wait for one that is not; trouble of another kind is raised."""
        ended = run_groundup(*shlex.split(self.arguments))
        said = (ended.stderr or ended.stdout).strip()
        day = judge(ended.returncode, said)
        if day is Day.THERE:
            return True
        self.log.info(said)
        if day is Day.UNKNOWN:
            raise AirflowException(said)
        if day is Day.MISSING and context["dag_run"].run_type == "backfill":
            raise AirflowFailException(said)
        return False


def run_groundup(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A verb's end, with what it said."""
    return subprocess.run([_GROUNDUP, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)


def ask_groundup(query: str) -> Any:
    """The rows of a read-only query on the reports. Raises AirflowException with the command's own sentence."""
    return told_by_groundup("sql", query, "--format", "json")


def told_by_groundup(*arguments: str) -> Any:
    """What a verb prints as JSON. Raises AirflowException with the command's own sentence."""
    ended = run_groundup(*arguments)
    if ended.returncode:
        raise AirflowException(ended.stderr.strip())
    return json.loads(ended.stdout)


def setting(name: str, default: str) -> str:
    """A setting of the stack that started Airflow."""
    return os.environ.get(f"GROUNDUP_{name}", "") or default
