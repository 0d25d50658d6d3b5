"""Forms as a customer meets them."""

from __future__ import annotations

from pathlib import Path

from core.forms import Form, ask
from core.plugin import Plugin
from core.route.rules import Rank
from core.testing import Customer, Shop
from core.turn import Turn
from tests.core.stage import play


class Track(Form):
    number: str = ask("Which order?", again="An order number, please.", entity="order_no")
    tail: str = ask("Phone tail?", again="Four digits, please.", pattern=r"(?<!\d)\d{4}(?!\d)")
    phone: str = ask("", entity="phone", default="")


class Name(Form):
    name: str = ask("Your name?")


def desk() -> Plugin:
    plugin = Plugin("desk")

    @plugin.on(keywords="where")
    async def track(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.ask(Track)

    @plugin.on(keywords="join")
    async def join(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.ask(Name)

    @plugin.on(keywords="open")
    async def hours(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.say("Open until nine.")

    @plugin.on(keywords="fire", rank=Rank.URGENT)
    async def urgent(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.say("Run!")

    @plugin.on(command="agent")
    async def agent(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.hand_over("queue")
        turn.say("Wait.")

    @plugin.form(Track)
    async def tracked(turn: Turn, form: Track) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.say(f"found {form.number} {form.tail} {form.phone}".strip())

    @plugin.form(Name)
    async def named(turn: Turn, form: Name) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.say(f"welcome {form.name}")

    return plugin


ORDER = "2026112300000017"


async def talk(customer: Customer, *lines: tuple[str, list[str]]) -> None:
    """Each line: what is said, and all that is heard after it."""
    for said, heard in lines:
        await customer.says(said)
        assert customer.replies == heard, said


async def form_of(shop: Shop) -> dict[str, object] | None:
    return (await shop.conversation("Mei")).form


async def test_it_asks_for_what_is_missing() -> None:
    async with play(desk()) as shop:
        await talk(
            shop.customer("Mei"),
            ("where is it", ["Which order?"]),
            (ORDER, ["Phone tail?"]),
            ("1234", [f"found {ORDER} 1234"]),
        )
        assert await form_of(shop) is None


async def test_it_takes_several_values_at_once() -> None:
    async with play(desk()) as shop:
        await talk(
            shop.customer("Mei"),
            (f"where is {ORDER}", ["Phone tail?"]),
            ("1234 call 13800138000", [f"found {ORDER} 1234 13800138000"]),
        )


async def test_a_digression_is_answered_and_the_question_comes_back() -> None:
    async with play(desk()) as shop:
        await talk(
            shop.customer("Mei"),
            ("where is it", ["Which order?"]),
            ("are you open?", ["Open until nine.", "Which order?"]),
            ("fire!", ["Run!", "Which order?"]),
            (ORDER, ["Phone tail?"]),
        )


async def test_a_free_answer_yields_to_words_that_somebody_knows() -> None:
    async with play(desk()) as shop:
        await talk(
            shop.customer("Mei"),
            ("join", ["Your name?"]),
            ("open today?", ["Open until nine.", "Your name?"]),
            ("Han Meimei", ["welcome Han Meimei"]),
        )


async def test_it_can_be_called_off() -> None:
    async with play(desk(), settings={"shop": {"locale": "en"}}) as shop:
        mei = shop.customer("Mei")
        await mei.says("where is it")
        await mei.says("算了！")
        mei.hears("let's leave it")
        assert await form_of(shop) is None


async def test_it_gives_up_kindly() -> None:
    async with play(desk(), settings={"shop": {"locale": "en"}}) as shop:
        mei = shop.customer("Mei")
        await talk(
            mei,
            ("where is it", ["Which order?"]),
            ("eh", ["An order number, please."]),
            ("what", ["An order number, please."]),
        )
        await mei.says("hm")
        mei.hears("leave this for now")
        assert await form_of(shop) is None


async def test_it_survives_a_restart(tmp_path: Path) -> None:
    async with play(desk(), folder=tmp_path) as shop:
        await talk(shop.customer("Mei"), (f"where is {ORDER}", ["Phone tail?"]))
    async with play(desk(), folder=tmp_path) as shop:
        await talk(shop.customer("Mei"), ("1234", [f"found {ORDER} 1234"]))


async def test_it_is_forgotten_after_a_while() -> None:
    async with play(desk()) as shop:
        mei = shop.customer("Mei")
        await talk(mei, (f"where is {ORDER}", ["Phone tail?"]))
        await shop.advance(minutes=31)
        await talk(mei, ("1234", []))


async def test_a_person_who_takes_over_ends_it() -> None:
    async with play(desk()) as shop:
        await talk(shop.customer("Mei"), ("where is it", ["Which order?"]), ("agent", ["Wait."]))
        assert await form_of(shop) is None


async def test_events_leave_it_alone() -> None:
    async with play(desk()) as shop:
        mei = shop.customer("Mei")
        await mei.says("where is it")
        await mei.does("typing")
        mei.hears_nothing()
        assert await form_of(shop) is not None


async def test_a_form_of_a_plugin_that_is_gone_stays_silent(tmp_path: Path) -> None:
    async with play(desk(), folder=tmp_path) as shop:
        await shop.customer("Mei").says("where is it")
    async with play(folder=tmp_path) as shop:
        await talk(shop.customer("Mei"), (ORDER, []))
