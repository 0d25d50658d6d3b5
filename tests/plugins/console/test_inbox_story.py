from tests.plugins.console.desk import open_desk


async def test_an_angry_customer_is_seen_taken_answered_and_closed() -> None:
    async with open_desk() as office:
        shop = office.shop
        li = await office.opens("li", "agent", name="小李")
        mei = shop.customer("Mei")
        await mei.says("太生气了，我要投诉，衣服破了还不给退")
        assert not any("抽查质检" in text for text in shop.posts("Mei"))  # now she is soothed
        number = await office.number("Mei")
        listed = await li.gets("/conversations", view="queue", order="rank")
        (card,) = listed["items"]
        assert card["id"] == number
        assert card["owner"]["kind"] == "queue"
        assert card["emotion"] >= 2
        assert card["why"][0]["code"] == "complaint"
        assert card["clock"]["what"] == "soothe"
        assert listed["counts"] == {
            "mine": 0,
            "snoozed": 0,
            "helping": 0,
            "queue": 1,
            "bot": 0,
            "colleagues": 0,
            "all": 1,
        }
        opened = await li.posts(f"/conversations/{number}/claim")
        assert opened["card"]["owner"] == {"kind": "me", "login": "li", "name": "小李"}
        assert opened["complaint"]["number"] == card["complaint"]
        await shop.settle()
        mei.hears("抽查质检")
        sent = await li.says(number, "我马上帮您处理")
        assert sent["author"] == "小李"
        mei.hears("我马上帮您处理")
        read = await li.gets(f"/conversations/{number}/messages")
        assert [m["by"] for m in read["items"]] == ["customer", "bot", "bot", "bot", "agent"]
        done = await li.posts(f"/conversations/{number}/close", result="solved", ask=True)
        assert done["card"]["owner"]["kind"] == "bot"
        await shop.settle()
        mei.hears("满意")
        (card,) = (await li.gets("/conversations", view="closed"))["items"]
        assert "非常满意" in card["preview"]  # of a message that is nothing but buttons
        await mei.chooses("5 非常满意")
        mei.hears("谢谢")
        contact = await li.gets(f"/contacts/{card['contact']['id']}")
        assert [r["score"] for r in contact["ratings"]] == [5]
