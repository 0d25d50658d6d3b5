"""Who may import whom.

    adapters ──▶ core ◀── plugins

Core imports neither. An adapter imports no plugin and no other adapter. A plugin imports no
adapter, and another plugin only if it names that one in its `requires` or `uses`. What ships
imports nothing that does not. A module directly below `adapters` or `plugins`, or a folder whose
name begins with an underscore, is shared by its neighbours.
"""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.tree import SHIPPED, Problem, Source, Tree

NOT_SHIPPED = {"bench", "chaos", "dev", "tests", "tools"}
FORBIDDEN_ROOMS = {
    "core": {"adapters", "plugins"},
    "adapters": {"plugins"},
    "plugins": {"adapters"},
}


def check(tree: Tree) -> Iterator[Problem]:
    """Every import that crosses a wall."""
    features = {s.path.parts[:2] for s in tree.code("adapters", "plugins") if len(s.path.parts) > 2}
    features = {feature for feature in features if not feature[1].startswith("_")}
    requires = _requires(tree)
    for source in tree.code(*SHIPPED):
        for line, name in _imports(source):
            target = tuple(name.split("."))
            why = _forbidden(source, target, features, requires)
            if why:
                yield source.problem(line, f"imports {name}: {why}")


def _forbidden(
    source: Source,
    target: tuple[str, ...],
    features: set[tuple[str, ...]],
    requires: dict[str, set[str]],
) -> str:
    here = source.path.parts[:2]
    if target[0] in NOT_SHIPPED:
        return f"{target[0]} does not ship"
    if target[0] in FORBIDDEN_ROOMS[source.room]:
        return f"{source.room} must not know {target[0]}"
    if source.room == "core" or target[:2] not in features or target[:2] == here:
        return ""
    if source.room == "adapters":
        return "an adapter must not know another adapter"
    if target[1] not in requires.get(here[1], set()):
        return f"'{target[1]}' is not in this plugin's requires"
    return ""


def _imports(source: Source) -> Iterator[tuple[int, str]]:
    """The full name of everything imported, wherever in the file."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = _absolute(source.path, module or "", level)
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name
            case _:
                pass


def _absolute(path: PurePosixPath, module: str, level: int) -> str:
    """`from ..x import` spelt out."""
    package = path.parent.parts[: len(path.parent.parts) - level + 1] if level else ()
    return ".".join((*package, *filter(None, [module])))


def _requires(tree: Tree) -> dict[str, set[str]]:
    """What each plugin folder declares in `Plugin(..., requires=[...], uses=[...])`."""
    found: dict[str, set[str]] = {}
    for source in tree.code("plugins"):
        for node in ast.walk(source.tree):
            match node:
                case ast.keyword(
                    arg="requires" | "uses", value=ast.List(elts=e) | ast.Tuple(elts=e)
                ):
                    names = {str(x.value) for x in e if isinstance(x, ast.Constant)}
                    found.setdefault(source.path.parts[1], set()).update(
                        name.replace("-", "_") for name in names
                    )
                case _:
                    pass
    return found
