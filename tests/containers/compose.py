"""docker compose, as the tests call it."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from settings.environment import PROJECT

FILE = PROJECT / "docker-compose.yml"


def program() -> Path:
    """The program out of the locked package; the package's own command ends with 0 whatever happens."""
    package = find_spec("compose")
    assert package is not None and package.origin is not None, "requirements/install.sh --dev brings docker compose"
    return Path(package.origin).parent / "docker-compose"


def resolved(**variables: str) -> Any:
    """The file with all anchors and variables put in, as compose sees it; needs no engine."""
    ended = subprocess.run(
        [program(), "--env-file", "/dev/null", "--file", FILE, "--profile", "*", "config", "--format", "json"],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def make_secrets(home: Path) -> dict[str, str]:
    """`docker/secrets` for a home; what is in its files."""
    command, variables = [PROJECT / "docker/secrets"], {"PATH": "/usr/bin:/bin", "GROUNDUP_HOME": str(home)}
    subprocess.run(command, env=variables, check=True, stdout=subprocess.DEVNULL)
    return {path.name: path.read_text() for path in (home / "secrets").iterdir()}
