"""No file names a package registry or a path of somebody's machine.

Which index to install from, and where a checkout lies, is the business of whoever runs the project.
"""

import re
from collections.abc import Iterator

from tools.tree import Problem, Tree

REGISTRY = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:com|org)|npmmirror\.com|yarnpkg\.com"
    r"|(?:deb|security|archive)\.(?:debian\.org|ubuntu\.com)|proxy\.golang\.org)\b"
)
MACHINE_PATH = re.compile(r"(?<![\w.~})-])/(?:work|root|farm|home/\w+|Users/\w+)(?=/)")


def check(tree: Tree) -> Iterator[Problem]:
    """Every such address or path, in any text file."""
    for source in tree.sources:
        for number, line in enumerate(source.lines, 1):
            if found := REGISTRY.search(line):
                yield source.problem(number, f"names a package registry: {found[0]}")
            if found := MACHINE_PATH.search(line):
                yield source.problem(number, f"names a path of one machine: {found[0]}")
