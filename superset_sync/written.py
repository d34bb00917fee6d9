"""How asset files are written, so that a change of an asset reads as that change and nothing else."""

from __future__ import annotations

from typing import Any

import yaml

_WIDTH = 110


def write(content: dict[str, Any]) -> str:
    """An asset as text: keys in their order, text of several lines as a block, no aliases."""
    return str(yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH))


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
