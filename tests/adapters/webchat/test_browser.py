import pytest
from playwright.async_api import BrowserContext, Page, expect

from core.parts import Card, Event, Image, Link, Menu, Option, Text
from tests.adapters.webchat.browser import opened, visitor_of
from tests.adapters.webchat.network import network_to
from tests.adapters.webchat.shop import Shop, open_shop

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_a_question_is_answered_and_a_reload_keeps_it(shop: Shop, page: Page) -> None:
    chat = await opened(page, shop.url)
    await chat.say("怎么退货？")
    await shop.say(await visitor_of(shop), "七天内都可以退哦")
    await chat.shows("七天内")
    await expect(chat.sent).to_have_count(1)

    await page.reload()
    await chat.ready()
    await chat.shows("七天内")

    assert await chat.words() == ["怎么退货？", "七天内都可以退哦"]
    await expect(chat.sent).to_have_count(1)
    await shop.ledger.until(lambda: (2, "read") in shop.ledger.marks)


async def test_going_offline_and_back_loses_nothing(
    shop: Shop, context: BrowserContext, page: Page
) -> None:
    chat = await opened(page, shop.url)
    await chat.say("one")
    me = await visitor_of(shop)
    await expect(chat.sent).to_have_count(1)

    await context.set_offline(True)
    await expect(page.locator("#banner")).to_contain_text("恢复后自动发送")
    for words in ("two", "three"):
        await chat.say(words)
    await expect(page.get_by_text("等待网络")).to_have_count(2)
    await shop.say(me, "said meanwhile")
    await context.set_offline(False)
    await chat.shows("said meanwhile")
    await expect(chat.sent).to_have_count(3)

    assert [m.text for m in shop.ledger.inbound] == ["one", "two", "three"]
    assert sorted(await chat.words()) == ["one", "said meanwhile", "three", "two"]
    await expect(page.locator("#banner")).to_be_hidden()


async def test_an_answer_lost_on_the_way_makes_no_second_message(shop: Shop, page: Page) -> None:
    async with network_to(shop.url) as network:
        chat = await opened(page, network.url)
        network.deaf = True
        await chat.say("only once")
        await visitor_of(shop)  # the shop has it, the page does not know
        await expect(chat.sent).to_have_count(0)
        network.cut()
        await chat.say("and then")
        network.mend()
        await expect(chat.sent).to_have_count(2)

        assert [m.text for m in shop.ledger.inbound] == ["only once", "and then"]
        assert await chat.words() == ["only once", "and then"]


async def test_what_was_not_sent_survives_a_reload(page: Page) -> None:
    async with open_shop(burst=1, messages_per_minute=40) as shop:
        chat = await opened(page, shop.url)
        await chat.say("one")
        await chat.say("two")
        await expect(page.locator("#notice")).to_contain_text("有点快")
        await page.reload()
        await chat.shows("two")
        await expect(chat.sent).to_have_count(2)

        assert [m.text for m in shop.ledger.inbound] == ["one", "two"]
        assert await chat.words() == ["one", "two"]


async def test_too_fast_still_sends_all_in_order(page: Page) -> None:
    async with open_shop(burst=2, messages_per_minute=240) as shop:
        chat = await opened(page, shop.url)
        for number in range(6):
            await chat.say(str(number))
        await expect(chat.sent).to_have_count(6)

        assert [m.text for m in shop.ledger.inbound] == [str(n) for n in range(6)]


async def test_strange_words_stay_words(shop: Shop, page: Page) -> None:
    alarms: list[str] = []
    page.on("dialog", lambda dialog: alarms.append(dialog.message))
    page.on("pageerror", lambda error: alarms.append(str(error)))
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    script = "javascript:alert(3)"
    chat = await opened(page, shop.url)
    await chat.say(evil)
    me = await visitor_of(shop)
    await shop.say(
        me,
        f"{evil} {script} 看这里https://a.example/x?y=1，好",
        Menu(evil, (Option("a", evil),), evil),
        Link(script, evil, evil),
        Card(evil, evil, script, {"description": evil, "image": script}),
        Image(url=script),
    )
    await expect(page.locator(".card")).to_have_count(2)

    assert await page.locator("#messages img, #messages script, #messages iframe").count() == 0
    hrefs = [await a.get_attribute("href") for a in await page.locator("#messages a").all()]
    assert hrefs == ["https://a.example/x?y=1"]
    assert await page.locator("#messages a").get_attribute("rel") == "noopener noreferrer nofollow"
    assert (await chat.words())[0] == evil
    await page.reload()
    await chat.shows("<script>")
    assert alarms == []


async def test_the_keyboard_is_enough(shop: Shop, page: Page) -> None:
    chat = await opened(page, shop.url)
    await expect(chat.text).to_be_focused()
    await page.keyboard.type("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    me = await visitor_of(shop)
    assert shop.ledger.inbound[0].text == "first line\nsecond line"

    await shop.say(me, Menu("有帮到您吗？", (Option("yes", "有用"), Option("no", "没用"))))
    await page.get_by_role("button", name="有用").wait_for()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="有用")).to_be_focused()
    await page.keyboard.press("Enter")
    await visitor_of(shop, 2)

    assert shop.ledger.inbound[1].parts == (Text("有用"), Event("choice", "yes"))
    await expect(chat.text).to_be_focused()
    await page.keyboard.type("x")
    await page.keyboard.press("Tab")
    await expect(page.locator("#send")).to_be_focused()


async def test_enter_that_picks_a_chinese_word_does_not_send(shop: Shop, page: Page) -> None:
    chat = await opened(page, shop.url)
    await chat.text.fill("kuai di")
    await chat.text.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await chat.text.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})

    await expect(chat.text).to_have_value("kuai di")
    assert shop.ledger.inbound == []


async def test_a_screen_reader_finds_its_way(shop: Shop, page: Page) -> None:
    chat = await opened(page, shop.url)
    await chat.say("你好")
    await shop.say(await visitor_of(shop), "在的")
    await chat.shows("在的")

    log = page.get_by_role("log", name="聊天记录")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log.get_by_text("客服: ")).to_have_count(1)
    await expect(page.get_by_role("textbox", name="输入消息")).to_be_visible()
    await expect(page.get_by_role("button", name="发送")).to_be_visible()
    await expect(page.get_by_role("img", name="已发送")).to_be_visible()
    await expect(page.get_by_role("heading", name="山货小铺")).to_be_visible()


async def test_the_language_can_be_switched_and_stays(shop: Shop, page: Page) -> None:
    chat = await opened(page, shop.url)
    await page.get_by_role("button", name="切换语言").click()
    await expect(chat.text).to_have_attribute("placeholder", "Type your question…")
    await chat.say("hello")
    await visitor_of(shop)
    await page.reload()
    await chat.ready()

    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert shop.ledger.inbound[0].sender.locale == "en"


async def test_typing_shows_until_the_answer(shop: Shop, page: Page) -> None:
    chat = await opened(page, shop.url)
    await chat.say("在吗")
    me = await visitor_of(shop)
    await shop.adapter.typing(me)
    await expect(page.locator("#typing")).to_contain_text("对方正在输入")
    await shop.say(me, "在的")

    await expect(page.locator("#typing")).to_be_hidden()


async def test_a_suggestion_asks_the_question(shop: Shop, page: Page) -> None:
    chat = await opened(page, shop.url)
    await page.get_by_role("button", name="怎么退货？").click()
    await visitor_of(shop)

    assert await chat.words() == ["怎么退货？"]
    await expect(page.locator("#welcome")).to_be_hidden()


async def test_a_message_the_shop_cannot_take_may_be_sent_again(
    shop: Shop, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = shop.ledger.accept

    async def full(messages: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(shop.ledger, "accept", full)
    chat = await opened(page, shop.url)
    await chat.say("please")
    await page.get_by_text("没发出去").wait_for()
    monkeypatch.setattr(shop.ledger, "accept", accept)
    await page.get_by_role("button", name="重新发送").click()
    await expect(chat.sent).to_have_count(1)

    assert [m.text for m in shop.ledger.inbound] == ["please"]


async def test_two_windows_show_the_same(shop: Shop, context: BrowserContext, page: Page) -> None:
    one = await opened(page, shop.url)
    other = await opened(await context.new_page(), shop.url)
    await one.say("from one")
    await other.shows("from one")
    await other.say("from the other")
    await one.shows("from the other")
    await expect(one.sent).to_have_count(2)

    for chat in (one, other):
        assert await chat.words() == ["from one", "from the other"]
