import aiohttp
import pytest

from adapters.webchat.identity import sign_customer
from core.clock import TestClock
from core.parts import Event, Image, Link, Menu, Option, Text, Voice
from tests.adapters.webchat.shop import Shop, moment, open_shop
from tests.adapters.webchat.visitor import origin_of, visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_message_is_accepted_once_it_is_in_the_ledger(shop: Shop) -> None:
    async with visit(shop, locale="en", context={"product": "42"}) as visitor:
        answer = await visitor.say("  hello ", "client-a")

    (message,) = shop.ledger.inbound
    assert answer == {"type": "accepted", "id": "client-a"}
    assert message.key == f"{visitor.me}:client-a"
    assert message.conversation == message.sender.id == visitor.me
    assert message.text == "hello"
    assert message.sender.locale == "en"
    assert message.sender.proven == {}
    assert message.context == {"product": "42"}


async def test_a_resend_after_a_lost_answer_is_one_message(shop: Shop) -> None:
    async with visit(shop) as visitor:
        await visitor.say("hi", "client-a")
    async with visit(shop, visitor.token) as again:
        answer = await again.say("hi", "client-a")

    assert answer["type"] == "accepted"
    assert again.me == visitor.me
    assert len(shop.ledger.inbound) == 1


async def test_coming_back_brings_everything_missed_in_order(shop: Shop) -> None:
    async with visit(shop) as visitor:
        seen = await shop.say(visitor.me, "first")
        await visitor.frame("items")
    for number in range(130):
        await shop.say(visitor.me, f"missed {number}")
    await shop.say("somebody else", "not yours")

    async with visit(shop, visitor.token, after=seen) as again:
        missed = [text for text in again.texts if text.startswith("missed")]

    assert missed == [f"missed {number}" for number in range(130)]
    assert "not yours" not in again.texts


async def test_a_fresh_page_gets_the_last_messages(shop: Shop) -> None:
    async with visit(shop) as visitor:
        await visitor.say("question", "client-a")
    for number in range(60):
        await shop.say(visitor.me, f"{number}")

    async with visit(shop, visitor.token) as again:
        pass

    assert again.texts == [f"{number}" for number in range(10, 60)]


async def test_what_was_never_sent_is_not_shown(shop: Shop) -> None:
    async with visit(shop) as visitor:
        pass
    for state in ("cancelled", "expired", "failed", "queued"):
        shop.ledger.write(visitor.me, "out", state, (Text(state),), state)

    async with visit(shop, visitor.token) as again:
        pass

    assert again.texts == ["queued"]


async def test_a_sync_brings_what_no_push_brought(shop: Shop) -> None:
    async with visit(shop) as visitor:
        seen = await shop.say(visitor.me, "pushed")
        shop.ledger.write(visitor.me, "out", "elsewhere", (Text("by another process"),), "sent")

        await visitor.send("sync", after=seen)
        await visitor.frame("synced")

    assert visitor.texts[-1] == "by another process"


async def test_all_windows_of_a_conversation_show_all_messages(shop: Shop) -> None:
    async with visit(shop) as one, visit(shop, one.token) as other:
        await one.say("from one", "client-a")
        await other.frame("items")
        await shop.say(one.me, "to both")
        await one.frame("items")
        await other.frame("items")

    assert one.texts == ["to both"]
    assert other.texts == ["from one", "to both"]
    assert other.items[0]["key"] == "client-a"


async def test_receipts_follow_what_the_page_got_and_the_person_saw(shop: Shop) -> None:
    async with visit(shop) as visitor:
        ids = [await shop.say(visitor.me, "a"), await shop.say(visitor.me, "b")]
        for _ in ids:
            await visitor.frame("items")
        await visitor.send("got", id=ids[1])
        await visitor.send("seen", id=ids[0])
        await visitor.send("seen", id=ids[0])
        await shop.ledger.until(lambda: len(shop.ledger.marks) == 3)
    first, second = ids
    assert shop.ledger.marks == [(first, "delivered"), (second, "delivered"), (first, "read")]


async def test_nobody_can_mark_a_message_of_somebody_else(shop: Shop) -> None:
    strange = await shop.say("somebody else", "secret")
    async with visit(shop) as visitor:
        await visitor.send("seen", id=strange + 100)
        await visitor.say("still here")

    assert shop.ledger.marks == []


async def test_a_choice_is_its_label_and_an_event(shop: Shop) -> None:
    async with visit(shop) as visitor:
        await visitor.say("有用", choice="faq.useful")

    assert shop.ledger.inbound[0].parts == (Text("有用"), Event("choice", "faq.useful"))


async def test_parts_are_shown_or_told_in_words(shop: Shop) -> None:
    menu = Menu("?", (Option("a", "A"),))
    async with visit(shop) as visitor:
        await shop.say(visitor.me, menu, Link("https://a.example"), Image("https://a.example/1"))
        await shop.say(visitor.me, Voice(transcript="spoken"), Event("like"))
        await visitor.frame("items")
        await visitor.frame("items")

    shown = [[part["type"] for part in item["parts"]] for item in visitor.items]
    assert shown == [["menu", "link", "image"], ["text"]]
    assert visitor.items[1]["parts"][0]["text"] == "spoken"


async def test_typing_goes_both_ways_and_not_too_often(shop: Shop) -> None:
    async with visit(shop) as visitor:
        for _ in range(5):
            await visitor.send("typing")
        await shop.adapter.typing(visitor.me)
        await visitor.frame("typing")
        await visitor.say("done")

    assert shop.ledger.boards == ["typing"]


async def test_too_fast_is_told_when_to_go_on() -> None:
    clock = TestClock(moment())
    async with open_shop(clock, burst=3, messages_per_minute=30) as shop:
        async with visit(shop) as visitor:
            answers = [await visitor.say(str(n)) for n in range(4)]
        async with visit(shop, visitor.token) as again:  # coming back does not help
            refused = await again.say("4")
            clock.move_to(moment().replace(second=2))
            late = await again.say("5")

    assert [a["type"] for a in answers] == ["accepted"] * 3 + ["refused"]
    assert (answers[3]["reason"], answers[3]["retry_after"]) == ("rate", 2.0)
    assert refused["reason"] == "rate"
    assert late["type"] == "accepted"
    assert shop.ledger.refused.count("rate") == 2


@pytest.mark.parametrize(
    ("text", "reason"), [("x" * 2001, "too-long"), (" \n ", "empty"), ("\0", "empty")]
)
async def test_an_unfit_text_is_refused_and_the_next_taken(
    shop: Shop, text: str, reason: str
) -> None:
    async with visit(shop) as visitor:
        refused = await visitor.say(text)
        taken = await visitor.say("好" * 2000)

    assert refused["reason"] == reason
    assert taken["type"] == "accepted"


async def test_half_a_character_is_harmless(shop: Shop) -> None:
    async with visit(shop) as visitor:
        await visitor.socket.send_str('{"type":"say","id":"client-a","text":"a\\ud800b\\u0000"}')
        await visitor.say("next")

    assert [m.text.encode().decode() for m in shop.ledger.inbound][-1] == "next"


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "[]",
        "{",
        '{"type":"hello"}',
        '{"type":"nonsense"}',
        '{"type":"say","id":"x","text":"short id"}',
        '{"type":"say","id":"client-a:other","text":"a foreign key"}',
        '{"type":"say","id":"client-a"}',
        '{"type":"got","id":-1}',
        '{"type":"got","id":99999999999999999999}',
        '{"type":"sync","after":"1"}',
        "[" * 5000,
    ],
)
async def test_a_bad_frame_is_refused_and_counted(shop: Shop, frame: str) -> None:
    async with visit(shop) as visitor:
        await visitor.socket.send_str(frame)
        refused = await visitor.frame("refused")
        taken = await visitor.say("still here")

    assert refused["reason"] == "malformed"
    assert taken["type"] == "accepted"
    assert shop.ledger.refused == ["malformed-frame"]


async def test_who_babbles_is_cut_off(shop: Shop) -> None:
    async with visit(shop) as visitor:
        for _ in range(10):
            await visitor.socket.send_bytes(b"\x00")
        code = await visitor.closed()

    assert code == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert shop.ledger.refused == ["malformed-frame"] * 10


async def test_a_frame_too_big_ends_the_line_only(shop: Shop) -> None:
    async with visit(shop) as visitor:
        await visitor.send("say", id="client-a", text="x" * 20_000)
        assert await visitor.closed() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    async with visit(shop) as other:
        assert (await other.say("fine"))["type"] == "accepted"
    assert shop.ledger.refused == ["frame-too-big"]


async def test_who_floods_is_cut_off(shop: Shop) -> None:
    async with visit(shop) as visitor:
        for _ in range(200):
            await visitor.send("got", id=1)

        assert await visitor.closed() == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert "flood" in shop.ledger.refused


async def test_who_says_no_hello_is_closed() -> None:
    clock = TestClock(moment())
    headers: dict[str, str] = {}
    async with open_shop(clock) as shop, aiohttp.ClientSession() as session:
        headers["Origin"] = origin_of(shop.url)
        async with session.ws_connect(f"{shop.url}/socket", headers=headers) as socket:
            async with session.get(shop.url):  # a round trip later the server is waiting
                pass
            clock.move_to(moment().replace(second=11))
            message = await socket.receive(timeout=5)

    assert message.data == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert shop.ledger.refused == ["no-hello"]


async def test_one_window_too_many_closes_the_oldest() -> None:
    async with (
        open_shop(max_sockets=2) as shop,
        visit(shop) as oldest,
        visit(shop, oldest.token),
        visit(shop, oldest.token) as newest,
    ):
        await newest.say("hi")

        assert await oldest.closed() == 4008


async def test_a_full_house_refuses_politely() -> None:
    async with open_shop(max_visitors=1) as shop, visit(shop):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with visit(shop):
                pass

    assert refused.value.status == 503


@pytest.mark.parametrize("origin", ["", "https://evil.example", "null"])
async def test_a_foreign_page_gets_no_socket(shop: Shop, origin: str) -> None:
    headers = {"Origin": origin} if origin else {}
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{shop.url}/socket", headers=headers)

    assert refused.value.status == 403
    assert shop.ledger.refused == ["origin"]


async def test_a_signed_customer_has_one_conversation_everywhere() -> None:
    clock = TestClock(moment())
    expires = int(moment().timestamp()) + 60
    proof = {"id": "42", "expires": expires, "signature": sign_customer("key", "42", expires)}
    async with open_shop(clock, customer_key="key") as shop:
        async with visit(shop, customer=proof) as phone, visit(shop, customer=proof) as desktop:
            await phone.say("where is my order")
        async with visit(shop, customer={**proof, "id": "43"}) as forger:
            await forger.say("give me theirs")
        clock.move_to(moment().replace(minute=2))
        async with visit(shop, customer=proof) as late:
            pass

    assert phone.me == desktop.me == "c_42"
    assert shop.ledger.inbound[0].sender.proven == {"customer_id": "42"}
    assert forger.me.startswith("v_")
    assert shop.ledger.inbound[1].sender.proven == {}
    assert late.me.startswith("v_")
    assert shop.ledger.refused == ["unproven-customer"] * 2


async def test_a_forged_or_old_token_makes_a_new_visitor() -> None:
    clock = TestClock(moment())
    async with open_shop(clock, visitor_days=30) as shop:
        async with visit(shop) as visitor:
            pass
        async with visit(shop, visitor.token.replace("v_", "c_")) as forger:
            pass
        clock.move_to(moment().replace(month=12, day=31))
        async with visit(shop, visitor.token) as late:
            pass

    assert len({visitor.me, forger.me, late.me}) == 3
    assert forger.me.startswith("v_")


async def test_stopping_closes_every_line(shop: Shop) -> None:
    async with visit(shop) as visitor:
        await shop.adapter.stop()

        assert await visitor.closed() == aiohttp.WSCloseCode.GOING_AWAY
