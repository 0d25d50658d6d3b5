"""How well the FAQ finds answers, generation by generation, beside plain ways of doing it.

``python3 dev.py bench knowledge`` prints the tables of ``docs/knowledge.md``. Other question sets
are measured by naming a folder in ``XIAOER_QUESTIONS`` (``NAME_kb.jsonl``, ``NAME_queries.jsonl``).
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from bench.measure import Result
from plugins.faq.bands import Bands
from plugins.faq.dense import source
from plugins.faq.encoder import EncoderMissing, encoder
from plugins.faq.entry import Entry
from plugins.faq.evaluate import Outcome, Query, ask_all, figures, read_queries
from plugins.faq.files import read
from plugins.faq.ladder import Ladder
from plugins.faq.layout import Floats
from plugins.faq.settings import FaqSettings
from plugins.faq.store import topic_of
from plugins.faq.terms import Lexicon, flatten, shop_lexicon, terms

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data" / "faq"
MEASURED = (
    "form_held_out",
    "paraphrases_held_out",
    "neighbours_held_out",
    "blind_held_out",
    "questions_b",
)
SHOWN = ("top1", "top3", "mrr10", "auroc", "answered_right", "answered_wrong", "oos_answered")
Scorer = Callable[[str], list[float]]  # a score for each entry
Systems = dict[str, Callable[[Sequence[Query]], list[Outcome]]]


def bench() -> Result:
    """Print all tables; the figure is the top-1 of the pipeline, the floor that of BM25."""
    value, floor = 0.0, 0.0
    for title, entries, queries in _sets():
        print(f"\n## {title} ({len(entries)} entries, {len(queries)} questions)\n", file=sys.stderr)
        print(f"| system | {' | '.join(SHOWN)} | p50 ms |", file=sys.stderr)
        print(f"| --- |{' --- |' * (len(SHOWN) + 1)}", file=sys.stderr)
        for name, run in _systems(entries).items():
            found = figures(run(queries))
            value, floor = float(found["top1"]), floor or float(found["top1"])
            cells = [f"{found[key]:.3f}" if key in found else "-" for key in SHOWN]
            if name.startswith("plain"):  # it has no thresholds
                cells[-3:] = ["-"] * 3
            row = " | ".join(cells)
            print(f"| {name} | {row} | {found['p50_ms']:.2f} |", file=sys.stderr)
    return Result(value, floor, "top1")


BENCHES = {"knowledge": bench}


def _sets() -> Iterator[tuple[str, list[Entry], list[Query]]]:
    bare, rich = read(DATA / "shop_faq.yaml"), read(ROOT / "plugins" / "demo" / "knowledge.yaml")
    for name in MEASURED:
        asked = read_queries(DATA / f"{name}.jsonl")
        yield f"bare shop_faq.yaml, {name}", bare, asked
        yield f"demo knowledge, {name}", rich, asked
    folder = os.environ.get("XIAOER_QUESTIONS")
    for path in sorted(Path(folder).glob("*_kb.jsonl")) if folder else ():
        name = path.name.removesuffix("_kb.jsonl")
        yield name, list(_bare_entries(path)), read_queries(path.parent / f"{name}_queries.jsonl")


def _bare_entries(path: Path) -> Iterator[Entry]:
    """Entries of a file that has questions only."""
    for query in path.read_text(encoding="utf-8").splitlines():
        row = Entry.model_validate_json(query.replace("{", '{"answer": "-", ', 1))
        yield row.model_copy(update={"answer": " "})


def _systems(entries: list[Entry]) -> Systems:
    plain: dict[str, Scorer] = {
        "plain BM25": _bm25(entries),
        "plain TF-IDF": _tfidf(entries),
        **{f"plain embedding ({name})": _embedding(entries, name) for name in _installed()},
        "plain 1: exact": _exact(entries),
        "plain 2: fuzzy": _fuzzy(entries),
        "plain 2: ideas of the lexicon": _ideas(entries),
    }
    systems: Systems = {name: _outcomes(entries, scorer) for name, scorer in plain.items()}
    systems["1-3 terms, without subjects"] = _ladder(entries, "none", usual=False)
    systems["1-3 terms"] = _ladder(entries, "none")
    systems["1-4 terms and meaning, without subjects"] = _ladder(entries, "use", usual=False)
    systems["1-4 the whole pipeline"] = _ladder(entries, "use")
    return systems


def _ladder(
    entries: list[Entry], name: str, *, usual: bool = True
) -> Callable[[Sequence[Query]], list[Outcome]]:
    def run(queries: Sequence[Query]) -> list[Outcome]:
        made = Ladder(source(name)) if usual else Ladder(source(name), subjects=[])
        made.learn([topic_of(entry) for entry in entries])
        settings = FaqSettings()
        bands = Bands(settings.precision, settings.helpful, settings.candidates)
        _forget()
        return ask_all(made, bands, queries)

    return run


def _outcomes(entries: list[Entry], scorer: Scorer) -> Callable[[Sequence[Query]], list[Outcome]]:
    def ask(query: Query) -> Outcome:
        start = time.perf_counter()
        scores: NDArray[np.float64] = np.array(scorer(query.text))
        took = time.perf_counter() - start
        best: list[int] = np.argsort(-scores, kind="stable")[:10].tolist()
        ranked = tuple(entries[at].id for at in best if scores[at] > 0)
        return Outcome(query.gold, ranked, float(scores.max()), "unknown", (), took)

    def run(queries: Sequence[Query]) -> list[Outcome]:
        _forget()
        return [ask(query) for query in queries]

    return run


def _forget() -> None:
    """Encode every question anew, for the sake of the times."""
    for name in _installed():
        if (model := encoder(name)) is not None:
            model.forget()


def _pairs(text: str) -> list[str]:
    flat = flatten(text)
    return ["".join(two) for two in pairwise(flat)] or [flat]


def _wordings(entry: Entry) -> tuple[str, ...]:
    return (entry.question, *entry.similar)


def _bm25(entries: list[Entry]) -> Scorer:
    texts = [Counter(p for w in _wordings(entry) for p in _pairs(w)) for entry in entries]
    spread = Counter(pair for text in texts for pair in text)
    mean = sum(text.total() for text in texts) / len(texts)

    def score(asked: str) -> list[float]:
        rare = {
            p: math.log(1 + (len(texts) - spread[p] + 0.5) / (spread[p] + 0.5))
            for p in _pairs(asked)
        }
        return [
            sum(
                r * t[p] * 2.2 / (t[p] + 1.2 * (0.25 + 0.75 * t.total() / mean))
                for p, r in rare.items()
            )
            for t in texts
        ]

    return score


def _tfidf(entries: list[Entry]) -> Scorer:
    texts = [(at, Counter(_pairs(w))) for at, e in enumerate(entries) for w in _wordings(e)]
    spread = Counter(pair for _, text in texts for pair in text)
    weight = {pair: math.log(1 + len(texts) / many) for pair, many in spread.items()}
    unseen = math.log(1 + len(texts))

    def vector(text: Counter[str]) -> dict[str, float]:
        found = {pair: many * weight.get(pair, unseen) for pair, many in text.items()}
        length = math.sqrt(sum(w * w for w in found.values()))
        return {pair: w / length for pair, w in found.items()}

    rows = [(at, vector(text)) for at, text in texts]

    def score(asked: str) -> list[float]:
        mine, best = vector(Counter(_pairs(asked))), [0.0] * len(entries)
        for at, row in rows:
            best[at] = max(best[at], sum(w * row.get(pair, 0.0) for pair, w in mine.items()))
        return best

    return score


@cache
def _installed() -> tuple[str, ...]:
    """The encoders of this machine: ``use`` is in the box, ``e5`` an extra."""
    found: list[str] = []
    for name in ("use", "e5"):
        with suppress(EncoderMissing):
            _vectors(name, ("a",))
            found.append(name)
    return tuple(found)


@cache
def _vectors(name: str, texts: tuple[str, ...]) -> Floats:
    model = encoder(name)
    assert model is not None
    return model.encode(texts)


def _embedding(entries: list[Entry], name: str) -> Scorer:
    model = encoder(name)
    assert model is not None
    first = np.cumsum([0, *(len(_wordings(entry)) for entry in entries)])[:-1]
    rows = _vectors(name, tuple(text for entry in entries for text in _wordings(entry)))
    return lambda asked: np.maximum.reduceat(rows @ model.encode([asked])[0], first).tolist()


def _exact(entries: list[Entry]) -> Scorer:
    flat = [{flatten(text) for text in _wordings(entry)} for entry in entries]
    return lambda asked: [float(flatten(asked) in texts) for texts in flat]


def _fuzzy(entries: list[Entry]) -> Scorer:
    flat = [[flatten(text) for text in _wordings(entry)] for entry in entries]
    return lambda asked: [max(ratio(flatten(asked), one) for one in texts) for texts in flat]


def _ideas(entries: list[Entry]) -> Scorer:
    lexicon: Lexicon = shop_lexicon()

    def found(text: str) -> set[str]:
        return {term for term in terms(text, lexicon) if term.startswith("#")}

    known = [set[str]().union(*(found(text) for text in _wordings(entry))) for entry in entries]

    def score(asked: str) -> list[float]:
        mine = found(asked)
        return [len(mine & its) / (len(mine | its) or 1) for its in known]

    return score
