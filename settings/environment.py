"""The environment: `GROUNDUP_…` variables, `.env`, and the secrets that were generated at first start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from settings.addresses import reachable
from settings.errors import SettingsError
from settings.secret_files import FOLDER

PROJECT = Path(__file__).resolve().parent.parent

REPORTS_DATABASE = "reports"
SUPERSET_DATABASE = "superset"
LOADER = "groundup_loader"
READER = "groundup_reader"
SUPERSET_ACCOUNT = "groundup_superset"

# Generated at first start unless the environment sets them; the order is that of the file.
SECRETS = (
    "GROUNDUP_MYSQL_LOADER_PASSWORD",
    "GROUNDUP_MYSQL_READER_PASSWORD",
    "GROUNDUP_MYSQL_SUPERSET_PASSWORD",
    "GROUNDUP_REDIS_PASSWORD",
    "GROUNDUP_SUPERSET_SECRET_KEY",
    "GROUNDUP_SUPERSET_GUEST_SECRET",
    "GROUNDUP_AIRFLOW_SECRET_KEY",
    "GROUNDUP_ADMIN_PASSWORD",
    "GROUNDUP_ANALYST_PASSWORD",
    "GROUNDUP_EMPLOYEE_PASSWORD",
)


_DOMAIN = r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
# Where anybody may have an address.
_OPEN_DOMAINS = frozenset({"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com"})
_GOOGLE = "https://accounts.google.com"
_LOGOS = (".svg", ".png", ".jpg", ".jpeg")
_LOGO_BYTES = 200_000


class Environment(BaseSettings):
    """Every `GROUNDUP_…` variable that the project reads; `.env.example` documents them one by one."""

    model_config = SettingsConfigDict(
        env_prefix="GROUNDUP_",
        env_file=PROJECT / ".env",
        secrets_dir=FOLDER if FOLDER.is_dir() else None,
        extra="ignore",
    )

    home: Path = PROJECT / ".groundup"
    debug: bool = False
    sources_file: Path = PROJECT / "sources.yaml"
    metrics_file: Path = PROJECT / "metrics.yaml"

    company_name: str = Field("Ground Up", min_length=1, max_length=40)
    company_logo: Path | None = None

    warehouse: Literal["duckdb", "bigquery"] = "duckdb"
    bigquery_project: str = ""
    bigquery_dataset: str = Field("groundup", pattern=r"^[A-Za-z0-9_]+$")
    bigquery_location: str = "US"
    bigquery_credentials_file: Path | None = None
    bigquery_endpoint: str = ""
    bigquery_max_bytes: int = Field(2**40, gt=0)
    monthly_budget_usd: float = Field(50.0, ge=0)

    sqllab_bigquery_project: str = Field("", pattern=r"^([a-z][a-z0-9.:-]*[a-z0-9])?$")
    sqllab_bigquery_credentials_file: Path | None = None
    sqllab_bigquery_max_bytes: int = Field(100 * 2**30, gt=0)
    sqllab_bigquery_daily_usd: float = Field(10.0, ge=0)

    mysql_host: str = "127.0.0.1"
    mysql_port: int = Field(13306, ge=1, le=65535)
    redis_host: str = "127.0.0.1"
    redis_port: int = Field(16379, ge=1, le=65535)
    superset_host: str = "127.0.0.1"
    superset_port: int = Field(8088, ge=1, le=65535)
    airflow_host: str = "127.0.0.1"
    airflow_port: int = Field(8080, ge=1, le=65535)
    superset_public_url: str = Field("", pattern=r"^(https?://[^/\s]+/?)?$")

    oauth_client_id: str = ""
    oauth_client_secret: str = ""
    oauth_domains: str = Field("", pattern=rf"^({_DOMAIN}(\s*,\s*{_DOMAIN})*)?$")
    oauth_issuer: str = Field(_GOOGLE, pattern=r"^(https://[^\s?#]+|http://127\.0\.0\.1:\d+/?)$")
    oauth_domain_claim: str = Field("hd", pattern=r"^[A-Za-z0-9_.:/-]+$")
    oauth_label: str = Field("Google", min_length=1, max_length=30)

    alert_webhook: str = ""
    alert_mail_to: str = ""
    alert_slack_channel: str = ""
    report_mail_to: str = ""
    report_slack_channel: str = ""
    report_timezone: str = "UTC"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(25, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = Field("groundup@localhost", pattern=r"^[^@\s]+@[^@\s]+$")
    smtp_tls: Literal["", "none", "starttls", "tls"] = ""
    slack_token: str = ""
    slack_url: str = Field("", pattern=r"^(https?://\S+)?$")

    mysql_loader_password: str = ""
    mysql_reader_password: str = ""
    mysql_superset_password: str = ""
    redis_password: str = ""
    superset_secret_key: str = ""
    superset_previous_secret_key: str = ""
    superset_guest_secret: str = ""
    airflow_secret_key: str = ""
    admin_password: str = ""
    analyst_password: str = ""
    employee_password: str = ""

    @field_validator("company_logo")
    @classmethod
    def _is_a_picture(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        path = value.expanduser().absolute()
        if path.suffix.lower() not in _LOGOS:
            raise ValueError(f"{value} is no picture of the kinds {', '.join(_LOGOS)}")
        if not path.is_file():
            raise ValueError(f"there is no file {path}")
        if path.stat().st_size > _LOGO_BYTES:
            raise ValueError(f"{value} is larger than {_LOGO_BYTES // 1000} kB, and every page carries it")
        return path

    @field_validator("sqllab_bigquery_credentials_file")
    @classmethod
    def _is_there(cls, value: Path | None) -> Path | None:
        # Superset starts in a folder of its own.
        path = value.expanduser().absolute() if value else None
        if path and not path.is_file():
            raise ValueError(f"there is no file {path}")
        return path

    @field_validator("bigquery_credentials_file", "sqllab_bigquery_credentials_file", "company_logo", mode="before")
    @classmethod
    def _none_when_empty(cls, value: object) -> object:
        return value or None

    @model_validator(mode="after")
    def _protect_a_login(self) -> Environment:
        # A password is not sent in the clear unless somebody says so.
        if not self.smtp_tls:
            self.smtp_tls = "starttls" if self.smtp_user else "none"
        return self

    @model_validator(mode="after")
    def _let_in_the_company_alone(self) -> Environment:
        """A sign-in that is half set up would be open to nobody, or to everybody who has an account at Google."""
        asked = {name: getattr(self, name) for name in ("oauth_client_id", "oauth_client_secret", "oauth_domains")}
        empty = [f"GROUNDUP_{name.upper()}" for name, value in asked.items() if not value]
        if 0 < len(empty) < len(asked):
            raise ValueError(f"Signing in with {self.oauth_label} needs {' and '.join(empty)} as well")
        domains = {name.strip().lower() for name in self.oauth_domains.split(",")}
        if domains & _OPEN_DOMAINS:
            raise ValueError(
                f"GROUNDUP_OAUTH_DOMAINS lets in everybody who opens an address at {min(domains & _OPEN_DOMAINS)}"
            )
        if self.oauth_client_id and self.oauth_issuer.rstrip("/") == _GOOGLE and self.oauth_domain_claim != "hd":
            raise ValueError("GROUNDUP_OAUTH_DOMAIN_CLAIM must be hd at Google, where anybody can have an account")
        return self

    @property
    def superset_url(self) -> str:
        """The address that a browser on this machine opens."""
        return f"http://{self.superset_host}:{self.superset_port}"

    @property
    def airflow_url(self) -> str:
        """The address of Airflow for a browser on this machine."""
        return f"http://{reachable(self.airflow_host)}:{self.airflow_port}"

    @property
    def secrets_file(self) -> Path:
        """Where the generated passwords lie, mode 0600."""
        return self.home / "secrets.env"

    @property
    def warehouse_file(self) -> Path:
        """The embedded warehouse."""
        return self.home / "warehouse.duckdb"

    def as_variables(self) -> dict[str, str]:
        """All settings as `GROUNDUP_…` variables, for the processes that the stack starts."""
        return {
            f"GROUNDUP_{name.upper()}": "" if value is None else str(value) for name, value in self.model_dump().items()
        }


def load_environment(secrets: Mapping[str, str] | None = None) -> Environment:
    """The settings in force: the environment first, then `.env`, files of secrets, generated secrets or those given.

    Raises SettingsError for a value of the wrong type.
    """
    try:
        environment = Environment()
    except ValidationError as error:
        first = error.errors()[0]
        said = str(first["msg"]).removeprefix("Value error, ")
        if first["loc"]:
            said = f"GROUNDUP_{str(first['loc'][0]).upper()} is not valid: {first['msg']}"
        raise SettingsError(f"{said}; correct it in the environment or in .env.") from error
    environment = environment.model_copy(update={"home": environment.home.expanduser().absolute()})
    generated = read_secrets(environment.secrets_file) if secrets is None else secrets
    missing = {
        name.removeprefix("GROUNDUP_").lower(): generated[name]
        for name in SECRETS
        if name in generated and not getattr(environment, name.removeprefix("GROUNDUP_").lower())
    }
    return environment.model_copy(update=missing)


def generate_secrets(environment: Environment) -> Environment:
    """The same settings with every password set; what was missing is generated and kept in `secrets.env` (0600).

    Raises SettingsError when the state folder cannot be written.
    """
    path = environment.secrets_file
    known = read_secrets(path)
    for name in SECRETS:
        known.setdefault(name, secrets.token_urlsafe(32 if "SECRET" in name else 12))
    text = secrets_text(known)
    try:
        environment.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists() or path.read_text() != text:
            write_secrets(path, text)
    except OSError as error:
        raise SettingsError(
            f"The state folder {environment.home} cannot be written ({error.strerror}); "
            "make it writable or set GROUNDUP_HOME to another folder."
        ) from error
    return load_environment()


def secrets_text(known: Mapping[str, str]) -> str:
    """The text of `secrets.env` with these secrets."""
    return (
        "# Generated at first start. Keep it: Superset's stored passwords are encrypted with the secret key.\n"
        + "".join(f"{name}={known[name]}\n" for name in SECRETS if name in known)
    )


def write_secrets(path: Path, text: str) -> None:
    """Write a file of secrets whole, readable by this account alone. Raises OSError."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_secrets(path: Path) -> dict[str, str]:
    """The secrets of a file by name; none where there is no file. Raises SettingsError when it cannot be read."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}); run as the user who ran `make up`.") from error
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
