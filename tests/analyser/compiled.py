"""Google's analyser comes as WebAssembly, which takes half a minute to compile: once a machine, in the user's cache."""

import hashlib
import os
import platform
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path

import wasmtime
from zetasql.core import wasm_client
from zetasql.core.local_service import ZetaSqlLocalService


def cache_folder() -> Path:
    """The user's cache, where XDG puts it."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "groundup"


def compiled_file(wasm: Path) -> Path:
    """One file per analyser, compiler and processor: machine code fits only the three that made it."""
    made_by = [metadata.version("zetasql"), str(wasm.stat().st_size), metadata.version("wasmtime"), platform.platform()]
    made_by += [platform.machine(), _processor_features()]
    return cache_folder() / f"zetasql-{hashlib.sha256('|'.join(made_by).encode()).hexdigest()[:16]}.cwasm"


def _processor_features() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return ""
    return next((line for line in cpuinfo.read_text().splitlines() if line.startswith("flags")), "")


class CachedModule:
    """Stands in for `wasmtime.Module` inside zetasql's client."""

    @staticmethod
    def from_file(engine: wasmtime.Engine, wasm_path: str) -> wasmtime.Module:
        """Return the compiled module, from the cache where it holds a readable one."""
        compiled = compiled_file(Path(wasm_path))
        try:
            return wasmtime.Module.deserialize_file(engine, str(compiled))
        except (OSError, wasmtime.WasmtimeError):
            module = wasmtime.Module.from_file(engine, wasm_path)
        compiled.parent.mkdir(parents=True, exist_ok=True)
        # Two test runs may compile at once: whoever renames last wins, and nobody reads half a file.
        with tempfile.NamedTemporaryFile(dir=compiled.parent, suffix=".partial", delete=False) as partial:
            partial.write(module.serialize())
        Path(partial.name).replace(compiled)
        return module


@cache
def service() -> ZetaSqlLocalService:
    """The analyser, started once a process."""
    original = wasm_client.Module
    wasm_client.Module = CachedModule
    try:
        return ZetaSqlLocalService.get_instance()
    finally:
        wasm_client.Module = original
