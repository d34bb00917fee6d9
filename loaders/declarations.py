"""Reading the project's YAML declarations into checked models."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from loaders.errors import DeclarationError


class Declaration(BaseModel):
    """Base of everything that is declared in YAML: unknown keys are refused, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)

# The same safe subset of YAML, read ten times as fast where PyYAML was built with its C library.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def misdeclared(complaint: str) -> PydanticCustomError:
    """What a model's own check raises: pydantic keeps a ValueError, and with it all frames of the call, for good."""
    return PydanticCustomError("misdeclared", "{complaint}", {"complaint": complaint})


def read_yaml(path: Path) -> Any:
    """The file's content. Raises DeclarationError when it is missing or not YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe one
    except FileNotFoundError as error:
        raise DeclarationError(f"{path} is missing; restore it from the repository.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise DeclarationError(f"{path} is not valid YAML{where}; correct it.") from error


def read_declaration(path: Path, model: type[Model]) -> Model:
    """The file as a checked model. Raises DeclarationError naming the file and the first wrong key."""
    return check_declaration(path, read_yaml(path) or {}, model)


def check_declaration(path: Path, content: Any, model: type[Model]) -> Model:
    """Content that was read from `path` as a checked model. Raises DeclarationError like `read_declaration`."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DeclarationError(f"{path}: {key}: {first['msg']}; correct it there.") from error
