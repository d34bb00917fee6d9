"""The settings that a company has written, without what is secret in them, and the secrets by themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from backup.errors import BackupError, UnfitError
from settings.environment import PROJECT, SECRETS, Environment, read_secrets, secrets_text, write_secrets

# A webhook's address lets whoever knows it write to the channel.
_MORE_SECRETS = (
    "GROUNDUP_OAUTH_CLIENT_SECRET",
    "GROUNDUP_SMTP_PASSWORD",
    "GROUNDUP_SLACK_TOKEN",
    "GROUNDUP_ALERT_WEBHOOK",
)
_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|WEBHOOK|KEY|://[^/\s]*@")
_SETTING = re.compile(r"\s*(?:export\s+)?(GROUNDUP_[A-Z0-9_]+)\s*=")


def settings_files(environment: Environment) -> dict[str, Path]:
    """Where the settings of a backup lie in this project, by their name in the backup."""
    return {
        "settings/sources.yaml": environment.sources_file,
        "settings/metrics.yaml": environment.metrics_file,
        "settings/env": PROJECT / ".env",
    }


def without_secrets(text: str) -> str:
    """The settings of a `.env` that are no secrets, and nothing else of it."""
    kept = [line for line in text.splitlines() if _SETTING.match(line) and not _SECRET.search(line)]
    return "".join(f"{line}\n" for line in kept)


def settings_in(environment: Environment) -> dict[str, bytes]:
    """The settings to keep, by their name in the backup. Raises BackupError."""
    found = {}
    for name, path in settings_files(environment).items():
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            if name == "settings/env":
                continue
            raise BackupError(f"{path} is missing: put it back, or set another file in .env.") from None
        except OSError as error:
            raise BackupError(f"{path} cannot be read ({error.strerror}): make it readable.") from error
        found[name] = without_secrets(text.decode(errors="replace")).encode() if name == "settings/env" else text
    return found


def differing(kept: Mapping[str, bytes], environment: Environment) -> list[str]:
    """Which settings of a backup are not those of this project, by the names of their files here."""
    here = settings_files(environment)
    found = []
    for name, text in kept.items():
        path = here[name]
        ours = path.read_bytes() if path.exists() else b""
        if name == "settings/env":
            ours = without_secrets(ours.decode(errors="replace")).encode()
        if ours != text:
            found.append(path.name)
    return found


def keep_secrets(environment: Environment, path: Path) -> None:
    """Writes the passwords and keys in force to a file, readable by this account alone. Raises BackupError."""
    variables = environment.as_variables()
    text = secrets_text({name: variables[name] for name in SECRETS if variables[name]})
    text += "".join(f"{name}={variables[name]}\n" for name in _MORE_SECRETS if variables[name])
    try:
        write_secrets(path, text)
    except OSError as error:
        raise BackupError(
            f"The secrets cannot be written to {path} ({error.strerror}): choose another place."
        ) from error


def kept_secrets(path: Path) -> dict[str, str]:
    """The secrets of such a file. Raises UnfitError when it is none."""
    try:
        found = read_secrets(path) if path.exists() else {}
    except UnicodeDecodeError:
        found = {}
    known = {name: found[name] for name in SECRETS if found.get(name)}
    if not known:
        raise UnfitError(
            f"{path} holds no secrets of this project: name the file that `groundup backup --secrets` wrote, or the "
            "secrets.env of the lost home."
        )
    return known
