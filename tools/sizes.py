"""A file is one idea and a function one thought."""

import ast
from collections.abc import Iterator

from tools.tree import Problem, Tree

FILE_LINES = 400
FUNCTION_LINES = 60
FUNCTION_AIM = 40
SUFFIXES = {".css", ".html", ".js", ".mjs", ".py", ".ts", ".vue"}


def check(tree: Tree) -> Iterator[Problem]:
    """Files and functions that have grown too long."""
    for source in tree.sources:
        count = len(source.lines)
        if source.path.suffix in SUFFIXES and count > FILE_LINES:
            yield source.problem(1, f"{count} lines; at most {FILE_LINES}")
    for source in tree.code():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = (node.end_lineno or node.lineno) - node.lineno + 1
                if count > FUNCTION_LINES:
                    text = f"{node.name}() has {count} lines; at most {FUNCTION_LINES}"
                    yield source.problem(node.lineno, text)
                elif count > FUNCTION_AIM:
                    text = f"{node.name}() has {count} lines; the aim is {FUNCTION_AIM}"
                    yield source.problem(node.lineno, text, note=True)
