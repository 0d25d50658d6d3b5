"""All contract classes, for the other engines to run once more."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.contract.adapter import AdapterContract


def every(*leaving_out: str) -> dict[str, type[AdapterContract]]:
    """The classes in this folder by name."""
    modules = sorted(file.stem for file in Path(__file__).parent.glob("test_*.py"))
    found = [vars(import_module(f"tests.contract.{name}")) for name in modules]
    return {
        name: kind
        for names in found
        for name, kind in names.items()
        if isinstance(kind, type)
        and issubclass(kind, AdapterContract)
        and kind is not AdapterContract
        and name not in leaving_out
    }
