"""``python3 dev.py migrations [--name WORDS]``: write migrations for what changed in the models."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from core.settings import PluginsSettings
from core.store.database import CORE_MODELS

ROOT = Path(__file__).parent.parent
OFF = ("grounded",)  # they ship, and are not enabled by default


def apps() -> dict[str, dict[str, Any]]:
    """Every app that ships with Xiaoer, with its migrations package beside its models."""
    models = {"core": CORE_MODELS}
    for name in (*PluginsSettings().enabled, *OFF):
        plugin = import_module(f"plugins.{name}.plugin").plugin
        if plugin.models:
            models[name] = plugin.models
    return {label: _app(module) for label, module in models.items()}


def _app(models: str) -> dict[str, Any]:
    package = models.rsplit(".", 1)[0]
    folder = ROOT / package.replace(".", "/") / "migrations"
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    return {
        "models": [models],
        "default_connection": "default",
        "migrations": f"{package}.migrations",
    }


async def missing() -> list[str]:
    """The apps whose models have changed since their newest migration."""
    with tempfile.TemporaryDirectory() as folder:
        found = apps()
        async with TortoiseContext() as context:
            await context.init(config=_config(folder, found))
            assert context.apps is not None  # noqa: S101 - init() has just made them
            writers = await MigrationAutodetector(context.apps, found).changes()
            return [writer.app_label for writer in writers]


def _config(folder: str, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    connections = {"default": f"sqlite://{folder}/new.db"}
    return {"connections": connections, "apps": found, "use_tz": True}


async def write(name: str) -> list[Path]:
    """Write the missing migrations; returns their files."""
    with tempfile.TemporaryDirectory() as folder:
        found = apps()
        async with TortoiseContext() as context:
            await context.init(config=_config(folder, found))
            written: list[Path] = []
            assert context.apps is not None  # noqa: S101 - init() has just made them
            for label in found:  # the core first: what a plugin's table refers to must be written
                for writer in await MigrationAutodetector(context.apps, found).changes():
                    if writer.app_label == label:
                        writer.name = (
                            f"{writer.name.split('_', 1)[0]}_{name}" if name else writer.name
                        )
                        written.append(Path(writer.write()))
            return written


def main(arguments: list[str]) -> int:
    """Write what is missing and say so."""
    name = arguments[1] if arguments[:1] == ["--name"] and len(arguments) > 1 else ""
    files = asyncio.run(write(name))
    sys.stdout.write("".join(f"{file.relative_to(ROOT)}\n" for file in files) or "no changes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
