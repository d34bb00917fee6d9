"""What happens to a report when whoever makes it is killed, and to the beat when there are two."""

from __future__ import annotations

import subprocess
import time

import psutil

from settings.environment import PROJECT
from stack.states import states
from tests.conftest import Stack
from tests.delivery.mailbox import Mailbox
from tests.delivery.schedules import MAIL, SLACK, Schedules
from tests.delivery.slack import Workspace
from tests.stack.conftest import processes_of
from tests.waiting import wait_until

PYTHON = PROJECT / ".venv-superset" / "bin" / "python"


def pid_of(stack: Stack, service: str) -> int | None:
    """The process of a service; None between an end and a new start."""
    return next(state.pid for state in states(stack.environment) if state.name == service)


def is_running(stack: Stack, service: str) -> bool:
    return next(state.state for state in states(stack.environment) if state.name == service) == "running"


def kill_worker(stack: Stack) -> None:
    """The worker with all that it has started, at once."""
    worker = psutil.Process(pid_of(stack, "worker"))
    for process in [worker, *worker.children(recursive=True)]:
        process.kill()


def browsers(stack: Stack) -> list[psutil.Process]:
    """The Chromium that takes a picture now."""
    return [process for process in processes_of(stack.home) if "chromium" in process.name()]


def test_a_worker_that_is_killed_while_it_takes_the_picture_sends_it_after_its_restart(
    courier: Stack, schedules: Schedules, box: Mailbox
) -> None:
    number = schedules.make("Killed early")
    schedules.order(number)
    wait_until(lambda: browsers(courier))
    kill_worker(courier)
    assert schedules.wait_for_end(number, 0)["state"] == "Success"
    schedules.remove(number)
    assert len(box.letters) == 1
    box.picture()


def test_a_worker_that_is_killed_between_two_recipients_repeats_neither(
    courier: Stack, schedules: Schedules, box: Mailbox, slack: Workspace
) -> None:
    number = schedules.make_alert("Killed late", "SELECT 1", recipients=[MAIL, SLACK], report_format="TEXT")

    def strike() -> None:
        kill_worker(courier)
        slack.on_call = None
        slack.error = "fatal_error"

    slack.on_call = strike
    schedules.order(number)
    wait_until(lambda: slack.error)
    slack.error = ""
    assert schedules.wait_for_end(number, 0)["state"] == "Success"
    schedules.remove(number)
    assert slack.calls.count("chat.postMessage") == 2
    assert (len(box.letters), len(slack.posts)) == (1, 1)


def test_the_process_that_does_the_work_may_be_killed_alone(courier: Stack, schedules: Schedules, box: Mailbox) -> None:
    wait_until(lambda: is_running(courier, "worker"))
    worker = pid_of(courier, "worker")
    number = schedules.make("Child killed")
    schedules.order(number)
    wait_until(lambda: browsers(courier))
    for child in psutil.Process(worker).children(recursive=True):
        child.kill()
    assert schedules.wait_for_end(number, 0)["state"] == "Success"
    schedules.remove(number)
    assert len(box.letters) == 1
    assert pid_of(courier, "worker") == worker


def test_a_second_beat_waits_and_takes_over_when_the_first_is_gone(courier: Stack) -> None:
    wait_until(lambda: is_running(courier, "beat"))
    first = pid_of(courier, "beat")
    second = subprocess.Popen(
        [PYTHON, "-m", "superset_config.beat"],
        cwd=PROJECT,
        env=courier.shell_variables | courier.environment.as_variables(),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert second.stderr
        assert "Another beat is at work here; this one waits" in second.stderr.readline()
        time.sleep(2)
        assert second.poll() is None
        assert pid_of(courier, "beat") == first
    finally:
        second.kill()
        second.wait()
    psutil.Process(first).kill()
    wait_until(lambda: pid_of(courier, "beat") != first and is_running(courier, "beat"))


def test_a_schedule_that_never_comes_stops_no_other(courier: Stack, schedules: Schedules, box: Mailbox) -> None:
    never = schedules.make("Never comes", crontab="0 0 30 2 *")
    number = schedules.make_alert("Comes", "SELECT 1", crontab="* * * * *", report_format="TEXT")
    wait_until(lambda: box.letters, seconds=90)
    schedules.remove(number)
    schedules.remove(never)
    log = courier.run("logs", "worker", "-n", "200").stdout
    assert "Report 'Never comes' never comes (failed to find prev date): correct its crontab or time zone." in log
