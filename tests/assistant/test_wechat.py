"""WeChat's Official Accounts and Mini Programs: the connectors against WeChat's emulator."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage

from channels import at_work, wechat
from channels.provider import NOT_RECEIVED
from channels.taking import WITHOUT_WORDS
from channels.wechat import MiniProgramInput, WechatInput
from channels.wechat_post import fields
from tests.assistant.channel_fakes import echo, run
from tests.assistant.fake_visits import BOT, PUBLIC, serving_visits
from tests.assistant.provider_side import Clock, Side, Turn, between, says
from tests.emulators.wechat import AES_KEY, APP_ID, LIN, SECRET, TOKEN, WechatEmulator, signed

BUTTONS = [{"title": "Orders", "payload": "/ask_order"}, {"title": "Refunds", "payload": "/ask_refund"}]


class Wechat(Side):
    provider: WechatEmulator
    clock: Clock

    @property
    def texts(self) -> list[str]:
        return [each["text"]["content"] for each in self.provider.messages if each["msgtype"] == "text"]

    @property
    def failed(self) -> list[tuple[list[str], str]]:
        return [(each["message_ids"], each["reason"]) for each in self.told("receipts")]


@asynccontextmanager
async def running(
    folder: Path,
    turn: Turn | None = None,
    *,
    kind: type[WechatInput] = WechatInput,
    aes: bool = False,
    as_json: bool = False,
    permitted: bool = True,
    **options: Any,
) -> AsyncIterator[Wechat]:
    clock = Clock()
    provider = WechatEmulator(clock, aes=aes, as_json=as_json)
    provider.permitted = permitted
    async with provider.running(), serving_visits() as visits:
        settings = {"customer_service": True, **options}
        channel = kind(
            app_id=APP_ID,
            app_secret=SECRET,
            token=TOKEN,
            encoding_aes_key=AES_KEY if aes else None,
            api=provider.url,
            path=folder / "wechat.db",
            now=clock,
            **settings,
        )
        async with between(channel, visits, LIN, turn) as side:
            side.__class__ = Wechat
            assert isinstance(side, Wechat)
            side.provider, side.clock = provider, clock
            provider.hook = f"{side.url}/webhooks/{channel.name()}/webhook"
            yield side


@pytest.mark.parametrize(("aes", "as_json"), [(False, False), (True, False), (True, True), (False, True)])
def test_a_customer_writes_and_is_answered(tmp_path, aes, as_json):
    async def scenario() -> None:
        async with running(tmp_path, echo, aes=aes, as_json=as_json) as it:
            assert await it.provider.writes('你好 😀 <b>&amp; ]]> "') is None
            assert await it.provider.writes("/restart") is None
            await it.quiet()
            assert it.agent.words == ['你好 😀 <b>&amp; ]]> "', "\u2060/restart"]
            assert it.texts == ['echo 你好 😀 <b>&amp; ]]> "', "echo \u2060/restart"]
            assert it.conversation == f"wechat:default:{LIN}"

    run(scenario())


def test_the_console_of_wechat_accepts_our_address_and_nobody_elses_works(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it, aiohttp.ClientSession() as http:
            now = str(int(it.clock()))
            query = {
                "timestamp": now,
                "nonce": "n",
                "signature": signed(TOKEN, now, "n"),
                "echostr": "437<1>",
            }
            for changed, status, body in (
                ({}, 200, "437<1>"),
                ({"signature": "0" * 40}, 403, ""),
                (
                    {
                        "timestamp": str(int(now) - 3600),
                        "signature": signed(TOKEN, str(int(now) - 3600), "n"),
                    },
                    403,
                    "",
                ),
            ):
                async with http.get(it.provider.hook, params={**query, **changed}) as answer:
                    assert (answer.status, await answer.text()) == (status, body)
                    assert answer.content_type == "text/plain"

    run(scenario())


def test_what_a_turn_says_is_sent_as_one_message_and_long_texts_in_pieces(tmp_path):
    long = "这是一句很长的话。" * 200

    async def scenario() -> None:
        async with running(tmp_path, says("one", "two", "three")) as it:
            await it.provider.writes("hello")
            await it.quiet()
            assert it.texts == ["one\ntwo\nthree"]
            await it.says("a1", long)
            assert "".join(it.texts[1:]) == long
            assert all(len(text.encode()) <= 2048 for text in it.texts)
            await it.says("s1", "system", author="system")
            assert it.failed == [(["s1"], "kept_for_people")]

    run(scenario())


def test_buttons_are_a_menu_whose_taps_come_back_as_what_they_stand_for(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, says("What is it?", buttons=BUTTONS)) as it:
            await it.provider.writes("hello")
            await it.quiet()
            menu = it.provider.messages[0]["msgmenu"]
            assert menu["head_content"] == "What is it?"
            assert [each["content"] for each in menu["list"]] == ["Orders", "Refunds"]
            await it.provider.taps(menu, "Refunds")
            await it.quiet()
            assert it.agent.words == ["hello", "/ask_refund"]
            assert ("customer", "Refunds") in it.shown
            assert it.told("window")[0]["messages"] == 5
            await it.provider.writes("1")
            await it.provider.writes("made up", bizmsgmenuid="0" * 16)
            await it.quiet()
            assert it.agent.words[2:] == ["/ask_order", "made up"]

    run(scenario())


def test_an_account_without_menus_shows_numbered_lines(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, says("What is it?", buttons=BUTTONS)) as it:
            it.provider.menus = False
            await it.provider.writes("hello")
            await it.quiet()
            await it.provider.writes("２")
            await it.quiet()
            assert it.texts == ["What is it?\n1. Orders\n2. Refunds"] * 2
            assert it.agent.words == ["hello", "/ask_refund"]

    run(scenario())


@pytest.mark.parametrize("menus", [True, False], ids=["menu", "numbered lines"])
def test_how_satisfied_they_are_is_tapped_or_typed_and_means_the_same(tmp_path, menus):
    scores = [{"title": each, "payload": str(n)} for n, each in enumerate(("很差", "差", "一般", "好"), 1)]

    async def scenario() -> None:
        async with running(tmp_path) as it:
            it.provider.menus = menus
            await it.provider.writes("hello")
            await it.says("s1", "满意吗？", author="system", buttons=scores)
            if menus:
                await it.provider.taps(it.provider.messages[-1]["msgmenu"], "好")
            else:
                assert it.texts == ["满意吗？\n1. 很差\n2. 差\n3. 一般\n4. 好"]
            await it.provider.writes("２")
            await it.provider.writes("一般")
            await it.quiet()
            assert it.agent.words[1:] == (["4"] if menus else []) + ["2", "3"]

    run(scenario())


def test_pictures_voices_and_films_reach_the_desk_and_everything_else_is_shown(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            it.provider.files = {
                "in1": (b"jpeg", "image/jpeg"),
                "in2": (b"#!AMR\n", "audio/amr"),
                "in3": (b"film", "video/mp4"),
            }
            await it.provider.sends("image", MediaId="in1", PicUrl="http://x")
            await it.provider.sends("voice", MediaId="in2", Format="amr")
            await it.provider.sends("video", MediaId="in3", ThumbMediaId="in1")
            await it.provider.sends("image", MediaId="expired", PicUrl="http://x")
            await it.provider.sends(
                "location", Location_X="23.1", Location_Y="113.3", Label="广州塔", Scale="15"
            )
            await it.provider.sends("link", Title="A page", Description="of mine", Url="https://a.example")
            await it.provider.sends("hologram", Depth="3")
            await it.quiet()
            assert set(it.agent.words) == {WITHOUT_WORDS}
            assert [(data, params["name"]) for _, data, params in it.visits.uploads] == [
                (b"jpeg", "image.jpg"),
                (b"#!AMR\n", "voice.amr"),
                (b"film", "video.mp4"),
            ]
            assert [metadata.get("shown") for _, metadata in it.agent.heard] == [
                "",
                "",
                "",
                NOT_RECEIVED,
                "（位置 · Location）广州塔 23.1, 113.3",
                "（链接 · Link）A page\nof mine\nhttps://a.example",
                "（hologram）",
            ]

    run(scenario())


def test_an_agents_picture_is_sent_as_one_and_other_files_as_links(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            it.visits.files = {"f1": b"png bytes", "f2": b"pdf bytes"}
            files = [
                {"id": "f1", "name": "a.png", "type": "image/png", "size": 9},
                {"id": "f3", "name": "large.png", "type": "image/png", "size": 10 * 1024 * 1024 + 1},
                {"id": "f2", "name": "合同.pdf", "type": "application/pdf", "size": 9},
            ]
            it.provider.end_tokens()
            await it.says("a1", "Here they are", attachments=files)
            kinds = [each["msgtype"] for each in it.provider.messages]
            assert kinds == ["text", "image", "text", "text"]
            assert it.provider.uploads == [("image", "a.png", b"png bytes")]
            assert it.texts[1].startswith(f"large.png {PUBLIC}/files/f3/")
            name, _, url = it.texts[2].partition(" ")
            assert name == "合同.pdf"
            assert url.startswith(f"{PUBLIC}/files/f2/")
            here = url.replace(PUBLIC, f"http://127.0.0.1:{it.visits.port}")
            async with aiohttp.ClientSession() as http, http.get(here) as answer:
                assert await answer.read() == b"pdf bytes"

    run(scenario())


def test_what_only_wechat_has_is_sent_as_the_bot_writes_it(tmp_path):
    page = {"title": "Shop", "appid": "wx2", "pagepath": "p", "thumb_media_id": "m"}
    custom = {"msgtype": "miniprogrampage", "miniprogrampage": page, "text": "Our shop"}

    async def scenario() -> None:
        async with running(tmp_path, says("Look:", custom=custom)) as it:
            await it.provider.writes("hello")
            await it.quiet()
            (message,) = it.provider.messages
            assert message == {"touser": LIN, "msgtype": "miniprogrampage", "miniprogrampage": page}

    run(scenario())


def test_five_messages_after_each_of_the_customers_and_then_the_desk_is_told(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.quiet()
            assert it.told("window")[-1]["messages"] == 5
            for number in range(6):
                await it.says(f"a{number}", f"answer {number}")
            assert it.texts == [f"answer {number}" for number in range(5)]
            assert it.failed == [(["a5"], "window_closed")]
            assert it.told("window")[-1]["messages"] == 0
            await it.provider.writes("and?")
            await it.says("a5", "answer 5", resend=7)
            assert it.texts[-1] == "answer 5"

    run(scenario())


@pytest.mark.parametrize("code", [45015, 45047])
def test_wechat_knows_better_than_we_do_when_it_is_closed(tmp_path, code):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.quiet()
            it.provider.errors = [code]
            await it.says("a1", "answer")
            assert it.failed == [(["a1"], "window_closed")]
            assert it.told("window")[-1] == {"messages": 0, "until": None}

    run(scenario())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (40003, "customer_unreachable"),
        (48002, "customer_refused"),
        (45002, "too_long"),
        (48004, "not_permitted"),
        (99999, "unknown"),
    ],
)
def test_a_refusal_has_a_reason_for_the_desk(tmp_path, code, reason):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            it.provider.errors = [code]
            await it.says("a1", "answer")
            assert it.failed == [(["a1"], reason)]

    run(scenario())


def test_a_busy_moment_passes_and_a_broken_connection_is_the_agents_to_decide(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            it.provider.errors = [-1]
            saying = asyncio.create_task(it.says("a1", "answer"))
            await it.until(lambda: not it.provider.errors)
            it.clock.now += 2
            await saying
            assert it.texts == ["answer"]
            it.provider.errors = [-2]
            await it.says("a2", "perhaps")
            assert it.texts == ["answer", "perhaps"]
            assert it.failed == [(["a2"], "unconfirmed")]

    run(scenario())


def test_a_token_that_ends_early_is_replaced_and_one_that_is_refused_for_ever_is_not_asked_for_for_ever(
    tmp_path,
):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.says("a1", "first")
            it.provider.end_tokens()
            await it.says("a2", "second")
            assert it.texts == ["first", "second"]
            assert it.provider.tokens_given == [False, False], (
                "the interface had another one: nothing is forced"
            )
            it.provider.errors = [40001]
            await it.says("a3", "third")
            assert it.texts[-1] == "third"
            assert it.provider.tokens_given[2:] == [False, True]
            it.provider.errors = [40014, 42001]
            saying = asyncio.create_task(it.says("a4", "fourth"))
            await it.until(lambda: not it.provider.errors)
            it.clock.now += 2
            await saying
            assert it.texts[-1] == "fourth"
            assert it.provider.tokens_given.count(True) == 1, "twenty a day are allowed"

    run(scenario())


def test_two_processes_share_a_token_and_neither_ends_the_others(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            other = WechatInput(
                app_id=APP_ID,
                app_secret=SECRET,
                token=TOKEN,
                api=it.provider.url,
                path=tmp_path / "o.db",
                now=it.clock,
            )
            async with aiohttp.ClientSession() as other._http:
                await it.provider.writes("hello")
                await it.says("a1", "first")
                assert other._api.token is not None
                mine, theirs = await it.channel._api.token.get(), await other._api.token.get()
                assert mine == theirs
                await asyncio.gather(*(it.channel._api.token.get(stale=mine) for _ in range(20)))
                assert it.provider.tokens_given.count(True) == 1, "one asks, the others wait for it"
                newer = await other._api.token.get(stale=theirs)
                assert newer == await it.channel._api.token.get()

    run(scenario())


def test_events_open_windows_and_greet_and_a_repeated_one_counts_once(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, echo, titles={"/ask_orders": "我的订单"}) as it:
            await it.provider.tells("subscribe", EventKey="")
            await it.quiet()
            assert it.agent.words == ["/greet"]
            assert it.shown[0] == ("customer", "（关注了公众号 · Subscribed）")
            assert it.told("window")[-1]["messages"] == 2
            await it.provider.tells("VIEW", EventKey="https://a.example")
            await it.provider.tells("CLICK", EventKey="/ask_orders")
            await it.provider.tells("CLICK", EventKey="/ask_orders")
            await it.quiet()
            assert it.agent.words == ["/greet", "/ask_orders"], "the second was the same tap"
            assert ("customer", "我的订单") in it.shown
            await it.provider.tells("unsubscribe")
            await it.quiet()
            assert it.told("window")[-1]["messages"] == 0

    run(scenario())


def test_a_mini_program_has_its_own_windows_and_numbered_lines(tmp_path):
    async def scenario() -> None:
        options = {"kind": MiniProgramInput, "on_event": {"user_enter_tempsession": "/greet"}}
        async with running(tmp_path, says("What?", buttons=BUTTONS), **options) as it:
            assert it.conversation == f"wechat_mini:default:{LIN}"
            it.provider.opened(LIN, "message")
            await it.provider.tells("user_enter_tempsession", SessionFrom="order 17")
            await it.quiet()
            assert it.agent.heard[0][1]["session_from"] == "order 17"
            assert it.told("window")[-1]["messages"] == 1
            assert it.texts == ["What?\n1. Orders\n2. Refunds"]
            await it.provider.writes("1")
            await it.quiet()
            assert it.agent.words == ["/greet", "/ask_order"]

    run(scenario())


def test_typing_is_shown_and_not_more_often_than_it_lasts(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            it.visits.states[it.conversation] = {**BOT, "owner": "agent"}
            await it.provider.writes("hello")
            await it.quiet()
            await it.until(lambda: it.visits.resumed)
            for _ in range(3):
                it.visits.types(it.conversation)
            await it.until(lambda: it.provider.typing)
            it.clock.now += 11
            it.visits.types(it.conversation)
            await it.until(lambda: len(it.provider.typing) == 2)
            assert it.provider.typing == ["Typing", "Typing"]

    run(scenario())


def test_typing_is_shown_while_the_bot_works_on_a_message(tmp_path, monkeypatch):
    monkeypatch.setattr(at_work, "AT_ONCE_SECONDS", 0.0)

    async def scenario() -> None:
        async with running(tmp_path) as it:
            echoes = says("an answer")

            async def turn(message: Any) -> None:
                await it.until(lambda: len(it.provider.typing) == len(it.agent.words))
                await echoes(message)

            it.agent._answer = turn
            for word in ("hello", "and this?"):
                await it.provider.writes(word)
                await it.quiet()
            assert it.texts == ["an answer"] * 2
            assert it.provider.typing == ["Typing"] * 2

    run(scenario())


def test_typing_is_not_shown_where_the_bot_leaves_it_to_a_person(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("a person, please")
            await it.quiet()
            shown = list(it.provider.typing)
            it.channel.begin_anew()
            it.visits.states[it.conversation] = {**BOT, "owner": "agent"}
            await it.provider.writes("are you there?")
            await it.until(lambda: it.visits.asked)
            await it.quiet()
            assert it.provider.typing == shown

    run(scenario())


@pytest.mark.parametrize("aes", [False, True])
def test_an_account_that_may_only_answer_is_noticed_and_answers_at_once(tmp_path, aes):
    async def scenario() -> None:
        async with running(
            tmp_path, says("one", "two ]]>"), customer_service=None, permitted=False, aes=aes
        ) as it:
            assert await it.provider.writes("hello") == "one\ntwo ]]>"
            assert it.provider.posted == 1
            await it.quiet()
            assert it.told("window")[-1] == {"messages": 0, "until": None, "reason": "answers_only"}
            await it.says("a1", "from an agent")
            assert it.failed == [], "it waits for the customer"
            assert await it.provider.writes("again") == "from an agent\none\ntwo ]]>"
            assert it.provider.messages == []

    run(scenario())


def test_what_takes_too_long_comes_with_the_next_answer_and_a_lost_answer_is_given_again(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(wechat, "ANSWER_SECONDS", 0.3)
    slow = asyncio.Event

    async def scenario() -> None:
        gate = slow()

        async def waits(message: UserMessage) -> None:
            if message.text == "slow":
                await gate.wait()
            await message.output_channel.send_text_message(message.sender_id, f"to {message.text}")

        async with running(tmp_path, waits, customer_service=False, permitted=False) as it:
            assert await it.provider.writes("slow") is None
            gate.set()
            await it.quiet()
            assert await it.provider.writes("next") == "to slow\nto next"
            query, body = it.provider.wrapped(
                {
                    "ToUserName": "gh",
                    "FromUserName": LIN,
                    "CreateTime": "1",
                    "MsgType": "text",
                    "MsgId": "7",
                    "Content": "once",
                }
            )
            first = await it.provider.post(query, body)
            assert b"to once" in first[1]
            assert b"to once" in (await it.provider.post(query, body))[1], (
                "WeChat asks again after a lost answer"
            )
            assert it.agent.words.count("once") == 1

    run(scenario())


def test_an_account_that_may_push_is_found_out_with_the_first_answer(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, echo, customer_service=None) as it:
            assert await it.provider.writes("hello") is None
            await it.quiet()
            assert it.texts == ["echo hello"]
            assert it.channel._pushes is True

    run(scenario())


def test_a_message_that_is_posted_three_times_is_handled_once(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, echo) as it:
            query, body = it.provider.wrapped(
                {"FromUserName": LIN, "CreateTime": "1", "MsgType": "text", "MsgId": "7", "Content": "once"}
            )
            it.provider.opened(LIN, "message")
            answers = await asyncio.gather(*(it.provider.post(query, body) for _ in range(3)))
            assert answers == [(200, b"success")] * 3
            await it.quiet()
            assert it.texts == ["echo once"]

    run(scenario())


@pytest.mark.parametrize("aes", [False, True])
def test_nothing_that_is_not_wechats_is_handled(tmp_path, aes):
    chance = random.Random(11)
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><MsgType>&b;</MsgType></xml>'
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><MsgType>&a;</MsgType></xml>'
    text = b"<xml><FromUserName>lin</FromUserName><MsgType>text</MsgType><Content>x</Content></xml>"

    async def scenario() -> None:
        async with running(tmp_path, echo, aes=aes) as it:
            query, good = it.provider.wrapped(
                {"FromUserName": LIN, "CreateTime": "1", "MsgType": "text", "MsgId": "7", "Content": "x"}
            )
            for bad in (
                bomb,
                outside,
                b"",
                b"\x00",
                b"{",
                b"[" * 100_000,
                b"<xml>",
                b'{"Encrypt":1}',
                b"\xff\xfe<",
            ):
                assert (await it.provider.post(query, bad))[0] == 403, bad
            for _ in range(100):
                noise = chance.randbytes(chance.randint(1, 300))
                assert (await it.provider.post(query, noise))[0] == 403
            for changed in (
                {"signature": "0" * 40, "msg_signature": "0" * 40},
                {"nonce": "other"},
                {"timestamp": "x"},
                {"timestamp": "1"},
                {"timestamp": "9" * 12},
                {"timestamp": "１８０００００００"},
            ):
                assert (await it.provider.post({**query, **changed}, good))[0] == 403, changed
            assert (await it.provider.post({}, text))[0] == 403
            try:
                status, _ = await it.provider.post(query, b"x" * 10_000_000)
                assert status == 413
            except (aiohttp.ClientError, OSError):
                pass
            forged = {
                "FromUserName": "../x",
                "CreateTime": "1",
                "MsgType": "text",
                "MsgId": "8",
                "Content": "x",
            }
            assert await it.provider.post(*it.provider.wrapped(forged)) == (200, b"success")
            assert it.agent.words == []
            assert it.channel.store.unfinished_conversations() == []
            assert await it.provider.post(query, good) == (200, b"success")
            await it.quiet()
            assert it.agent.words == ["x"]

    run(scenario())


def test_only_the_fields_themselves_are_read_and_not_for_ever():
    body = "<xml>x<A> 1 </A><B><C>2</C>z</B><D/><E>a<!-- c -->b</E><F>p<q/>r</F><A><![CDATA[<2>]]></A></xml>"
    assert fields(body.encode()) == {"A": "<2>", "D": "", "E": "ab"}
    with pytest.raises(ValueError, match="more elements"):
        fields(b"<xml>" + b"<a/>" * 60_000)


@pytest.mark.parametrize("aes", [False, True])
def test_ids_and_keys_of_no_text_are_no_mistake_of_ours(tmp_path, aes):
    """As JSON can write them."""

    async def scenario() -> None:
        async with running(tmp_path, echo, aes=aes, as_json=True) as it:
            sender = {"FromUserName": LIN, "ToUserName": "\ud800", "CreateTime": "\ud800"}
            for given in (
                {"MsgType": "text", "MsgId": "\ud800", "Content": "x"},
                {"MsgType": "text", "MsgId": "2", "Content": "\x00\ud800"},
                {"MsgType": "event", "Event": "CLICK", "EventKey": "/greet\ud800"},
                {"MsgType": "event", "Event": "SCAN", "SessionFrom": "\ud800"},
            ):
                assert (await it.provider.post(*it.provider.wrapped({**sender, **given})))[0] == 200
            await it.quiet()
            assert it.agent.words == ["x", "\ufffd\ufffd", "/greet\ufffd"]

    run(scenario())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"token": ""}, "token"),
        ({"app_secret": None}, "app_secret"),
        ({"encoding_aes_key": "short"}, "43"),
        ({"windows": {"messages": {"seconds": 1}}}, "windows"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_settings_that_are_missing_or_wrong_are_named(changed, said):
    given = {"app_id": APP_ID, "app_secret": SECRET, "token": TOKEN}
    WechatInput.from_credentials({**given, "windows": {"message": {"seconds": 60, "messages": 20}}})
    with pytest.raises(ValueError, match=said):
        WechatInput.from_credentials({**given, **changed})


def test_no_secret_and_no_words_are_ever_logged(tmp_path, caplog):
    async def scenario() -> None:
        with caplog.at_level("DEBUG"):
            async with running(tmp_path, echo) as it:
                it.provider.errors = [40001, 99999]
                await it.provider.writes("my card is 6222")
                await it.quiet()
                token = it.provider.token()
        said = "\n".join(
            record.getMessage() for record in caplog.records if record.name.startswith("channels")
        )
        assert "message accepted" in said
        for secret in (SECRET, token, "6222"):
            assert secret not in said

    run(scenario())
