"""Sentences belong in `locales/` and word lists in data files, not in code that ships.

No Chinese, Japanese or Korean character in a string (docstrings and comments are free), and no
English sentence handed to a function that shows it to a person.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tools.tree import SHIPPED, Problem, Source, Tree

# Ideographs, kana, hangul, their punctuation and full-width forms.
CJK = re.compile(
    r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
SENTENCE = re.compile(r"[A-Za-z]\S*\s+\S*[A-Za-z]")
SPEAKERS = {"reply", "say", "echo", "print", "secho"}
# Python 3.12 cuts an f-string into pieces.
STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def check(tree: Tree) -> Iterator[Problem]:
    """Every text in code that ought to be in a catalogue or a data file."""
    for source in tree.code(*SHIPPED):
        yield from _cjk(source)
        yield from _sentences(source)


def _cjk(source: Source) -> Iterator[Problem]:
    documentation = {
        line
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
            line = token.start[0]
            if token.type in STRINGS and line not in documentation and CJK.search(token.string):
                yield source.problem(line, f"CJK text in a string: {token.string.strip()[:40]}")
    except (tokenize.TokenError, SyntaxError):
        return  # ruff reports it


def _sentences(source: Source) -> Iterator[Problem]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in SPEAKERS:
                for text in (text for argument in node.args for text in _texts(argument)):
                    if SENTENCE.search(text):
                        yield source.problem(node.lineno, f"sentence in {name}(): {text[:40]}")
            case _:
                pass


def _texts(node: ast.expr) -> list[str]:
    """What the expression may say: one text for each way it can go."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return [_literal(node)]


def _literal(node: ast.expr) -> str:
    """The words written in this expression itself, without those of functions it calls."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_literal(part) for part in parts)
        case ast.BinOp(left=left, right=right):
            return _literal(left) + _literal(right)
        case ast.Call(func=ast.Attribute(value=text, attr="format" | "join")):
            return _literal(text)
        case _:
            return ""
