"""What a run does: how long, how often it kills, and one source of dice for every decision."""

from __future__ import annotations

import random
from dataclasses import dataclass

KEYED, PLAIN = "keyed", "plain"
CHANNELS = {"keyed_a": KEYED, "plain_a": PLAIN, "keyed_b": KEYED, "plain_b": PLAIN}
"""Channels and their platform's kind: shows a repeated key once, or shows whatever it is given."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``gap``: mean seconds between kills. ``think``: mean seconds between a customer's messages.

    ``customers`` is their number on each channel; ``drain`` bounds the wait for the last answer.
    ``ahead``: how many messages a customer says before the first of them must be answered, so that
    a slow machine is not buried under what it cannot do in time.
    """

    size: str = "embedded"
    seconds: float = 300.0
    seed: int = 1
    gap: float = 2.0
    customers: int = 60
    think: float = 0.8
    drain: float = 180.0
    ahead: int = 40

    def dice(self, *who: object) -> random.Random:
        """A source of chance of its own: what one decides does not disturb another."""
        return random.Random("/".join(map(str, (self.seed, *who))))
