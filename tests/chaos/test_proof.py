"""The proof itself: each broken promise is seen, and nothing else is taken for one."""

from __future__ import annotations

import dataclasses

import pytest

from chaos.books import Ledger, Row
from chaos.models import HEARD
from chaos.platform import Send
from chaos.plugin import EVENT
from chaos.proof import Verdict, judge

KEYS = ["k1:1", "k1:2"]
PLACES = {("keyed_a", key) for key in KEYS} | {("plain_a", key) for key in KEYS}


@dataclasses.dataclass
class Evidence:
    """Two messages on each kind of channel, handled and answered as they should be."""

    sends: list[Send]
    ledger: Ledger

    def verdict(self) -> Verdict:
        return judge(PLACES, self.sends, self.ledger)


@pytest.fixture
def evidence() -> Evidence:
    places = sorted(PLACES)
    inbound = [Row(channel, key, "handled", key, "") for channel, key in places]
    effects = [(*place, kind) for place in places for kind in (HEARD, EVENT)]
    sends = [answer(channel, KEYS.index(key) + 1, f"m{key}") for channel, key in places]
    return Evidence(sends, Ledger(inbound, [], effects))


def answer(channel: str, number: int, key: str = "") -> Send:
    text = f"k1:{number} {number} 0"
    return Send(channel, key or f"other{number}", "k1", text, shown=True)


def test_all_is_well(evidence: Evidence) -> None:
    verdict = evidence.verdict()
    assert verdict.clean
    assert (verdict.messages, verdict.answered, verdict.unknown_sends) == (4, 4, 0)


def test_an_answer_that_never_came_is_lost(evidence: Evidence) -> None:
    evidence.sends[0].shown = False
    assert evidence.verdict().lost == 1


def test_a_send_marked_unknown_is_not_lost(evidence: Evidence) -> None:
    gone = evidence.sends.pop()
    evidence.ledger.outbound.append(Row(gone.channel, gone.key, "unknown", gone.text, "cut"))
    verdict = evidence.verdict()
    assert verdict.clean
    assert verdict.unknown_sends == 1


def test_a_message_that_was_parked_is_lost(evidence: Evidence) -> None:
    evidence.ledger.inbound[0] = dataclasses.replace(evidence.ledger.inbound[0], state="failed")
    assert evidence.verdict().lost == 1


def test_a_message_that_is_not_in_the_ledger_is_lost(evidence: Evidence) -> None:
    del evidence.ledger.inbound[0]
    assert evidence.verdict().lost == 1


@pytest.mark.parametrize(("channel", "repeated"), [("keyed_a", 0), ("plain_a", 1)])
def test_a_repeated_key_counts_where_the_platform_shows_it(
    evidence: Evidence, channel: str, repeated: int
) -> None:
    evidence.sends += [send for send in evidence.sends if send.channel == channel][:1]
    assert evidence.verdict().repeated_sends == repeated


def test_the_same_answer_under_another_key_is_a_repeat(evidence: Evidence) -> None:
    evidence.sends.append(answer("keyed_a", 2))
    assert evidence.verdict().repeated_sends == 1


def test_an_effect_that_happened_twice(evidence: Evidence) -> None:
    evidence.ledger.effects.append(evidence.ledger.effects[0])
    assert evidence.verdict().repeated_effects == 1


def test_answers_in_the_wrong_order(evidence: Evidence) -> None:
    evidence.sends.reverse()
    assert evidence.verdict().reordered == 2
