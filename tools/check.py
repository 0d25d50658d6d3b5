"""`python dev.py check [NAME ...]`: all linters at once, then one line each.

They run side by side; what a failed one said is printed before the summary.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tools import addresses, desk, imports, locales, sizes, texts
from tools.tree import Problem, Tree

ROOT = Path(__file__).resolve().parent.parent


class Result(NamedTuple):
    """How one check ended and what it had to say."""

    passed: bool
    output: str
    seconds: float = 0.0


def run_tool(*command: str) -> Result:
    """Run a linter that is a program of its own."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        # The bundled version is the pinned one; do not let it look for a newer.
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(done.returncode == 0, done.stdout.strip())


def run_rule(rule: Callable[[Tree], Iterable[Problem]], tree: Tree) -> Result:
    """Run one of our own rules."""
    problems = sorted(rule(tree))
    return Result(all(p.note for p in problems), "\n".join(map(str, problems)))


def run_page() -> Result:
    """Check the types of the desk's page."""
    try:
        desk.install()
        return Result(True, desk.run("node", "node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit"))  # noqa: FBT003 - passed
    except subprocess.CalledProcessError as error:
        return Result(False, error.output)  # noqa: FBT003 - failed


def checks(tree: Tree) -> dict[str, Callable[[], Result]]:
    """All checks by name. A new one is one line here."""
    return {
        "lint": partial(run_tool, "ruff", "check", "--quiet", "--output-format=concise"),
        "format": partial(run_tool, "ruff", "format", "--check", "--quiet"),
        "types": partial(run_tool, "pyright"),
        "imports": partial(run_rule, imports.check, tree),
        "texts": partial(run_rule, texts.check, tree),
        "sizes": partial(run_rule, sizes.check, tree),
        "addresses": partial(run_rule, addresses.check, tree),
        "locales": partial(run_rule, locales.check, tree),
        "desk": run_page,
    }


def main(names: list[str]) -> int:
    """Run the named checks, or all; non-zero if one failed."""
    known = checks(Tree(ROOT))
    unknown = set(names) - known.keys()
    if unknown:
        print(f"no such check: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    chosen = names or list(known)
    with ThreadPoolExecutor() as pool:
        ended = pool.map(_timed, [known[name] for name in chosen])
        results = dict(zip(chosen, ended, strict=True))
    for name, result in results.items():
        if result.output and not (result.passed and name == "types"):
            print(f"── {name}\n{result.output}\n")
    for name, result in results.items():
        print(f"{'ok    ' if result.passed else 'FAILED'}  {name:10}{result.seconds:6.1f} s")
    return int(not all(result.passed for result in results.values()))


def _timed(check: Callable[[], Result]) -> Result:
    started = time.perf_counter()
    result = check()
    return result._replace(seconds=time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
