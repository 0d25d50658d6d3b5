"""The matcher that ships: exact, then weighted terms with synonyms, then a calibrated confidence.

Generations 1 to 3 of rows S-002..S-004 in one pass over a small inverted index; no model, no
network, well under a millisecond for a shop's knowledge.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from rapidfuzz.fuzz import ratio

from plugins.faq.calibration import Evidence, confidence, share_out
from plugins.faq.matcher import Match, Topic
from plugins.faq.terms import IDEA_MARK, Lexicon, Terms, flatten, shop_lexicon, terms

SATURATION, LENGTH = 1.2, 0.5  # BM25's k1 and b; b is small because questions are alike in length
ANSWER = 0.22  # what a term in the answer counts, against one in the question
DOUBT = 2.0  # so that one common idea shared is not yet agreement
SHORTLIST = 8


class LexicalMatcher:
    """Weighted terms over the questions, and with less weight the answers, of all entries."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        """Know nothing yet; ``lexicon`` is the shop's own unless given."""
        self._lexicon = lexicon or shop_lexicon()
        self.learn(())

    def learn(self, topics: Sequence[Topic]) -> None:
        """Forget everything and know these."""
        self._topics = tuple(topics)
        self._exact: dict[str, int] = {}
        self._flat: list[tuple[str, ...]] = []
        self._ideas: list[set[str]] = []
        vectors: list[Terms] = []
        for number, topic in enumerate(self._topics):
            flat = tuple(dict.fromkeys(flatten(q) for q in topic.questions))
            self._flat.append(flat)
            self._ideas.append({f"{IDEA_MARK}{i}" for q in flat for i in self._lexicon.ideas(q)})
            for question in (*flat, *map(flatten, topic.keywords)):
                self._exact.setdefault(question, number)
            vectors.append(self._vector(flat, topic))
        self._index(vectors)

    def _vector(self, questions: tuple[str, ...], topic: Topic) -> Terms:
        """How strongly each term speaks for the entry, 0..1 before rarity and length."""
        vector: Terms = dict.fromkeys(terms(flatten(topic.answer), self._lexicon), ANSWER)
        for text in (*questions, *map(flatten, topic.keywords)):
            vector.update(dict.fromkeys(terms(text, self._lexicon), 1.0))
        return vector

    def _index(self, vectors: list[Terms]) -> None:
        count = len(vectors)
        spread: Terms = defaultdict(float)  # in how many entries a term is, by strength
        for vector in vectors:
            for term, strength in vector.items():
                spread[term] += strength
        self._unseen = math.log(1 + count / 0.5)
        self._rarity = {t: math.log(1 + (count - n + 0.5) / (n + 0.5)) for t, n in spread.items()}
        lengths = [sum(v.values()) for v in vectors]
        mean = sum(lengths) / count if count else 1.0
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, vector in enumerate(vectors):
            norm = SATURATION * (1 - LENGTH + LENGTH * lengths[number] / mean)
            for term, strength in vector.items():
                gain = strength * (SATURATION + 1) / (strength + norm)
                self._postings[term].append((number, gain * self._rarity[term]))

    def find(self, text: str, limit: int) -> list[Match]:
        """The best entries first, at most ``limit``; empty when nothing is alike."""
        flat = flatten(text)
        if (number := self._exact.get(flat)) is not None:
            return [Match(self._topics[number].entry_id, 1.0, {"exact": flat})]
        asked = terms(flat, self._lexicon)
        scores: dict[int, float] = defaultdict(float)
        for term, weight in asked.items():
            for number, gain in self._postings.get(term, ()):
                scores[number] += weight * gain
        best = sorted(scores.items(), key=lambda item: -item[1])[: max(SHORTLIST, limit)]
        return self._judge(flat, asked, best)[:limit]

    def _judge(self, flat: str, asked: Terms, best: list[tuple[int, float]]) -> list[Match]:
        whole = sum(w * self._rarity.get(t, self._unseen) for t, w in asked.items()) or 1.0
        known = sum(w * self._rarity[t] for t, w in asked.items() if t in self._rarity) / whole
        seen: list[tuple[float, str, Evidence]] = []
        for number, score in best:
            alike = max(ratio(flat, question) for question in self._flat[number]) / 100
            evidence = Evidence(score / whole, alike, known, self._shared(asked, number))
            seen.append((evidence.worth, self._topics[number].entry_id, evidence))
        seen.sort(key=lambda candidate: -candidate[0])
        shares = share_out([worth for worth, _, _ in seen])
        return [
            Match(entry_id, round(share * confidence(evidence), 4), evidence.facts())
            for share, (_, entry_id, evidence) in zip(shares, seen, strict=True)
        ]

    def _shared(self, asked: Terms, number: int) -> float:
        """How much of the question's and the entry's ideas are the same; rare ones count more."""
        wanted = {term for term in asked if term[0] == IDEA_MARK}
        offered = self._ideas[number]
        return self._heft(wanted & offered) / (self._heft(wanted | offered) + DOUBT)

    def _heft(self, ideas: set[str]) -> float:
        return sum(self._rarity.get(idea, self._unseen) for idea in ideas)
