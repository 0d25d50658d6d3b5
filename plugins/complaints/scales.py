"""A small learned scale beside the lexicon: weighs all characters and pairs of a text.

A lexicon knows what was written down; people are angry in words that nobody wrote down yet. Four
linear scales (severity 1, 2, 3 and urgency) over grams of one to three characters, trained by
``train.py`` on own sentences only, catch most of those for some microseconds a message.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from math import sqrt

HEADS = ("severity1", "severity2", "severity3", "urgent")
LONGEST = 3
UNIT = 10  # weights are kept as whole tenths
FILE = "scales.tsv"
Weights = tuple[float, ...]
NOTHING: Weights = (-9.0, -9.0, -9.0, -9.0)

_OTHER = re.compile(r"\[[^\[\]\d]{1,8}\]|[^0-9a-z!?\u3400-\u9fff]+")  # emotes in brackets, signs
# Any number is one sign, except those people call for help: consumer hotlines, police, ambulance.
_NUMBER = re.compile(r"(?<![0-9])(?!(?:123[0-9]{2}|1[12][09]|315)(?![0-9]))[0-9]+")
_TABLE = str.maketrans({0xFF01: "!", 0xFF1F: "?"})


def grams(text: str) -> set[str]:
    """The grams of a normalised text between its two ends; numbers are one sign."""
    signs = _NUMBER.sub("0", _OTHER.sub(" ", text.translate(_TABLE))).strip()
    line = f"^{signs}$"
    found = set(line)
    for size in range(2, LONGEST + 1):
        found.update(line[at : at + size] for at in range(len(line) - size + 1))
    return found


def weigh(text: str) -> Weights:
    """Log-odds of each of :data:`HEADS`; a text without a letter or number (emoji) is calm."""
    table, found = scales(), grams(text)
    if "^$" in found:
        return NOTHING
    s1 = s2 = s3 = s4 = 0
    for gram in found:
        if known := table.get(gram):
            s1 += known[0]
            s2 += known[1]
            s3 += known[2]
            s4 += known[3]
    share = 1 / sqrt(len(found)) / UNIT
    b1, b2, b3, b4 = (bias / UNIT for bias in table[""])
    return (b1 + s1 * share, b2 + s2 * share, b3 + s3 * share, b4 + s4 * share)


@cache
def scales() -> dict[str, tuple[int, ...]]:
    """Weights in :data:`UNIT` parts by gram; the empty gram holds the biases."""
    text = files("plugins.complaints").joinpath(FILE).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {gram: tuple(map(int, weights)) for gram, *weights in rows}
