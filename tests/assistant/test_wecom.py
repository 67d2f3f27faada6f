"""WeCom's customer service: the connector against WeCom's emulator."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage

from channels import lasting, wecom_people, wecom_sync
from channels.provider import NOT_RECEIVED
from channels.store import Store
from channels.taking import WITHOUT_WORDS
from channels.wecom import WecomInput
from tests.assistant.channel_fakes import echo, run
from tests.assistant.fake_visits import BOT, serving_visits
from tests.assistant.provider_side import Clock, Side, Turn, between, says
from tests.emulators.wecom import ACCOUNT, AES_KEY, CORP, LIN, SECRET, TOKEN, WecomEmulator

BUTTONS = [{"title": "Orders", "payload": "/ask_order"}, {"title": "Refunds", "payload": "/ask_refund"}]
BELL = {"MsgType": "event", "Event": "kf_msg_or_event", "Token": "t", "OpenKfId": ACCOUNT}


class Wecom(Side):
    provider: WecomEmulator
    clock: Clock

    @property
    def failed(self) -> list[tuple[list[str], str]]:
        return [(each["message_ids"], each["reason"]) for each in self.told("receipts")]

    async def settled(self) -> None:
        """Everything that was rung for is fetched and handled."""
        await self.until(lambda: not self.channel._puller.busy)
        await self.quiet()
        await self.until(lambda: not self.channel._puller.busy)


@asynccontextmanager
async def running(
    folder: Path,
    turn: Turn | None = None,
    *,
    provider: WecomEmulator | None = None,
    states: dict[str, Any] | None = None,
    **options: Any,
) -> AsyncIterator[Wecom]:
    clock = provider.now if provider is not None else Clock()
    assert isinstance(clock, Clock)
    provider = provider or WecomEmulator(clock)
    async with provider.running(), serving_visits() as visits:
        visits.states.update(states or {})
        channel = WecomInput(
            corp_id=CORP,
            secret=SECRET,
            token=TOKEN,
            encoding_aes_key=AES_KEY,
            api=provider.url,
            path=folder / "wecom.db",
            now=clock,
            **options,
        )
        async with between(channel, visits, f"{ACCOUNT}:{LIN}", turn) as side:
            side.__class__ = Wecom
            assert isinstance(side, Wecom)
            side.provider, side.clock = provider, clock
            provider.hook = f"{side.url}/webhooks/wecom/webhook"
            yield side


def test_a_ring_brings_what_was_written_and_the_answer_goes_out(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, echo) as it:
            await it.provider.writes("你好 😀")
            await it.settled()
            assert it.agent.words == ["你好 😀"]
            assert it.provider.texts == ["echo 你好 😀"]
            assert it.provider.messages[0]["touser"] == LIN
            assert it.conversation == f"wecom:default:{ACCOUNT}:{LIN}"
            await it.until(lambda: it.provider.moves)
            assert it.provider.moves == [(0, 1, None)], "the session is the bot's"
            await it.until(lambda: it.told("name"))
            assert it.told("name") == [{"channel": "wecom", "name": "客户Aw"}]

    run(scenario())


def test_the_console_of_wecom_accepts_our_address(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it, aiohttp.ClientSession() as http:
            query = it.provider.handshake("1288432023552776189")
            for changed, status, body in (
                ({}, 200, b"1288432023552776189"),
                ({"msg_signature": "0" * 40}, 403, b""),
                ({"echostr": "AAAA"}, 403, b""),
            ):
                async with http.get(it.provider.hook, params={**query, **changed}) as answer:
                    assert (answer.status, await answer.read()) == (status, body)

    run(scenario())


def test_pages_are_fetched_to_the_end_and_the_place_survives_a_restart(tmp_path):
    async def scenario() -> None:
        provider = WecomEmulator(Clock())
        provider.page = 2
        async with running(tmp_path, provider=provider) as it:
            for number in range(5):
                provider.there_is(
                    3, {"msgtype": "text", "text": {"content": f"line {number}"}, "external_userid": LIN}
                )
            await provider.ring()
            await it.settled()
            assert it.agent.words == [f"line {number}" for number in range(5)]
            assert [each.get("cursor") for each in provider.fetched] == [None, "2", "4"]
        provider.hook = "http://127.0.0.1:1"
        await _unheard(provider, "while we were away")
        async with running(tmp_path, provider=provider) as it:
            await it.until(lambda: it.agent.words)
            assert it.agent.words == ["while we were away"], "without a ring"
            assert provider.fetched[-1]["cursor"] == "5"

    run(scenario())


async def _unheard(provider: WecomEmulator, text: str) -> None:
    async with aiohttp.ClientSession() as provider._http:
        await provider.writes(text)


def test_the_place_is_noted_only_when_all_is_in_the_inbox(tmp_path, monkeypatch):
    monkeypatch.setattr(wecom_sync, "_AGAIN", (0.01,))

    async def scenario() -> None:
        async with running(tmp_path) as it:
            accept, calls = Store.accept, []

            def fails_once(self: Store, *given: Any, **more: Any) -> Any:
                calls.append(given)
                if len(calls) == 2:
                    raise sqlite3.OperationalError("disk full")
                return accept(self, *given, **more)

            monkeypatch.setattr(Store, "accept", fails_once)
            for number in range(3):
                it.provider.there_is(
                    3, {"msgtype": "text", "text": {"content": f"line {number}"}, "external_userid": LIN}
                )
            await it.provider.ring()
            await it.settled()
            assert it.agent.words == ["line 0", "line 1", "line 2"]
            assert [each.get("cursor") for each in it.provider.fetched] == [None, None]

    run(scenario())


def test_a_fetch_that_fails_is_done_again_and_many_rings_at_once_fetch_one_after_another(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(wecom_sync, "_AGAIN", (0.01,))

    async def scenario() -> None:
        async with running(tmp_path, echo) as it:
            it.provider.fetch_errors = [-1, 95007]
            await asyncio.gather(*(it.provider.writes(f"line {number}") for number in range(20)))
            await it.settled()
            assert sorted(it.agent.words) == sorted(f"line {number}" for number in range(20))
            assert len(it.agent.words) == 20
            it.provider.fetch_errors = [95007]
            it.provider.fetched.clear()
            await it.provider.writes("alone")
            await it.settled()
            assert "token" not in it.provider.fetched[1], "one that failed may have failed for its token"

    run(scenario())


def test_looking_without_a_ring_goes_on_after_the_store_was_locked(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(wecom_sync, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(lasting, "AGAIN_SECONDS", 0.05)

    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.settled()
            other = sqlite3.connect(tmp_path / "wecom.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            await it.until(lambda: "broken off" in caplog.text)
            other.execute("ROLLBACK")
            other.close()
            item = {"msgtype": "text", "text": {"content": "nobody rang"}, "external_userid": LIN}
            it.provider.there_is(3, item)
            await it.until(lambda: it.agent.words == ["hello", "nobody rang"])

    run(scenario())


def test_a_ring_ends_the_pause_after_a_fetch_that_failed(tmp_path, monkeypatch):
    monkeypatch.setattr(wecom_sync, "_AGAIN", (3600.0,))

    async def scenario() -> None:
        async with running(tmp_path) as it:
            it.provider.fetch_errors = [-1]
            await it.provider.writes("first")
            await it.until(lambda: it.provider.fetched and not it.provider.fetch_errors)
            await it.provider.writes("second")
            await it.until(lambda: len(it.agent.words) == 2)
            assert it.agent.words == ["first", "second"]
            assert "token" in it.provider.fetched[-1], "without it there is a strict limit"

    run(scenario())


def test_what_is_older_than_the_first_ring_is_not_answered(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            it.provider.there_is(3, {"msgtype": "text", "text": {"content": "old"}, "external_userid": LIN})
            it.clock.now += 3600
            it.provider.page = 1
            await it.provider.writes("new")
            await it.settled()
            assert it.agent.words == ["new"]

    run(scenario())


def test_buttons_are_a_menu_and_a_tap_is_what_it_stands_for(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, says("one", "What is it?", buttons=BUTTONS)) as it:
            await it.provider.writes("hello")
            await it.settled()
            kinds = [each["msgtype"] for each in it.provider.messages]
            assert kinds == ["msgmenu", "msgmenu"]
            click = it.provider.messages[1]["msgmenu"]["list"][1]["click"]
            assert click["content"] == "Refunds"
            await it.provider.writes("Refunds", menu_id=click["id"])
            await it.provider.writes("1")
            await it.settled()
            assert it.agent.words == ["hello", "/ask_refund", "/ask_order"]

    run(scenario())


def test_buttons_that_a_menu_cannot_hold_are_numbered(tmp_path):
    many = [{"title": f"choice {number}", "payload": f"/c{number}"} for number in range(11)]

    async def scenario() -> None:
        async with running(tmp_path, says("Which?", buttons=many)) as it:
            await it.provider.writes("hello")
            await it.settled()
            assert it.provider.texts == ["Which?\n" + "\n".join(f"{n + 1}. choice {n}" for n in range(11))]

    run(scenario())


def test_every_kind_of_message_reaches_the_desk(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            it.provider.files = {"in1": (b"jpeg", "image/jpeg"), "in2": (b'{"errcode": 1}', "text/plain")}
            await it.provider.sends("image", {"media_id": "in1"})
            await it.provider.sends("file", {"media_id": "in2"})
            place = {"latitude": 23.1, "longitude": 113.3, "name": "广州塔", "address": "阅江西路"}
            await it.provider.sends("location", place)
            await it.provider.sends("channels_shop_order", {"order_id": "1", "title": "A chair"})
            await it.provider.sends("hologram", {})
            it.provider.there_is(3, {"msgtype": None, "external_userid": LIN})
            it.provider.there_is(3, {"msgtype": "text", "external_userid": "../x"})
            it.provider.add_event("msg_send_fail", fail_msgid="m", fail_type=["no", "number"])
            await it.provider.writes("after all that")
            await it.settled()
            assert it.agent.words == [WITHOUT_WORDS] * 6 + ["after all that"]
            assert [data for _, data, _ in it.visits.uploads] == [b"jpeg", b'{"errcode": 1}']
            shown = [metadata.get("shown") for _, metadata in it.agent.heard]
            assert shown[2:5] == [
                "（位置 · Location）\n广州塔\n阅江西路\n23.1, 113.3",
                "（channels_shop_order）\nA chair",
                "（hologram）",
            ]

    run(scenario())


def test_an_agents_files_are_sent_as_what_they_are(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.settled()
            it.visits.files = {"f1": b"png bytes", "f2": b"pdf bytes", "f3": b"film", "f4": b"long film"}
            files = [
                {"id": "f1", "name": "a.png", "type": "image/png", "size": 9},
                {"id": "f2", "name": "合同.pdf", "type": "application/pdf", "size": 9},
                {"id": "f3", "name": "a.mp4", "type": "video/mp4", "size": 10 * 1024 * 1024},
                {"id": "f4", "name": "b.mp4", "type": "video/mp4", "size": 10 * 1024 * 1024 + 1},
            ]
            await it.says("a1", attachments=files)
            kinds = ["image", "file", "video", "file"]
            assert [each["msgtype"] for each in it.provider.messages] == kinds
            assert it.provider.uploads == [
                ("image", "a.png", b"png bytes"),
                ("file", "合同.pdf", b"pdf bytes"),
                ("video", "a.mp4", b"film"),
                ("file", "b.mp4", b"long film"),
            ]

    run(scenario())


def test_what_perhaps_arrived_is_sent_again_under_the_same_id_and_arrives_once(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.settled()
            it.provider.errors = [-2]
            saying = asyncio.create_task(it.says("a1", "once"))
            await it.until(lambda: not it.provider.errors)
            it.clock.now += 2
            await saying
            assert it.provider.texts == ["once"]
            assert it.failed == []

    run(scenario())


def test_what_was_taken_and_did_not_arrive_is_told_and_can_be_sent_again(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.settled()
            await it.says("a1", "answer")
            await it.provider.tells(
                "msg_send_fail", fail_msgid=it.provider.messages[0]["msgid"], fail_type=10
            )
            await it.settled()
            assert it.failed == [(["a1"], "customer_refused")]
            it.clock.now += 1
            await it.says("a1", "answer", resend=7)
            assert it.provider.texts == ["answer", "answer"]
            assert len({each["msgid"] for each in it.provider.messages}) == 2
            await it.provider.tells("msg_send_fail", fail_msgid=it.provider.messages[1]["msgid"], fail_type=6)
            await it.settled()
            assert it.failed[-1] == (["a1"], "window_closed")
            assert it.told("window")[-1]["messages"] == 0

    run(scenario())


def test_five_messages_after_each_of_the_customers(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.settled()
            for number in range(6):
                await it.says(f"a{number}", f"answer {number}")
            assert it.provider.texts == [f"answer {number}" for number in range(5)]
            assert it.failed == [(["a5"], "window_closed")]
            await it.provider.writes("and?")
            await it.settled()
            await it.says("a5", "answer 5", resend=7)
            assert it.provider.texts[-1] == "answer 5"

    run(scenario())


@pytest.mark.parametrize(
    ("state", "taken", "failed"),
    [
        (0, ["answer"], []),
        (3, [], [(["a1"], "handled_elsewhere")]),
        (2, [], [(["a1"], "handled_elsewhere")]),
        (4, [], [(["a1"], "window_closed")]),
    ],
)
def test_a_session_in_another_state_is_taken_back_where_that_is_possible(tmp_path, state, taken, failed):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.settled()
            await it.until(lambda: it.provider.moves)
            it.provider.states[LIN] = state
            it.provider.errors = [95018]
            await it.says("a1", "answer")
            assert it.provider.texts == taken
            assert it.failed == failed
            assert it.provider.states[LIN] == (1 if state == 0 else state)

    run(scenario())


def test_who_opens_the_chat_is_welcomed_for_free_and_in_time_only(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, says("Welcome!", buttons=BUTTONS), on_enter="/greet") as it:
            await it.provider.welcomes()
            await it.settled()
            assert it.agent.words == ["/greet"]
            assert [each["msgtype"] for each in it.provider.on_event] == ["msgmenu"]
            assert it.provider.messages == []
            await it.provider.tells("enter_session", scene="123")
            await it.settled()
            assert len(it.agent.words) == 1, "no code, no welcome"
            await it.says("a1", "too late for the code, and they have not written")
            assert it.failed == [(["a1"], "window_closed")]
            it.clock.now += 30
            it.provider.there_is(3, {"msgtype": "text", "text": {"content": "hello"}, "external_userid": LIN})
            await it.provider.welcomes()
            it.provider.codes.clear()
            await it.settled()
            assert len(it.provider.on_event) == 1, "a code that is refused costs nothing but itself"
            assert [each["msgtype"] for each in it.provider.messages] == ["msgmenu", "msgmenu"]

    run(scenario())


@pytest.mark.parametrize("seconds", [1.0, 60.0], ids=["while the code is known", "after its end"])
def test_what_perhaps_went_by_a_code_is_not_sent_once_more_in_another_way(tmp_path, seconds):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.settled()
            await it.provider.tells("enter_session", welcome_code=it.provider.code(LIN, "text"))
            await it.settled()
            it.provider.errors = [-2]
            saying = asyncio.create_task(it.says("a1", "once"))
            await it.until(lambda: it.provider.on_event and not it.provider.errors)
            await it.until(lambda: it.channel.outgoing.next(it.conversation).status == "queued")
            it.clock.now += seconds
            await saying
            assert [each["text"]["content"] for each in it.provider.on_event] == ["once"]
            assert it.provider.messages == []
            assert it.failed == [(["a1"], "unconfirmed")]
            await it.says("a1", "once", resend=1)
            assert it.provider.texts == ["once"], "the agent has decided"

    run(scenario())


def test_a_code_that_was_never_used_is_used_when_wecom_can_take_it(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.settled()
            await it.provider.tells("enter_session", welcome_code=it.provider.code(LIN, "text"))
            await it.settled()
            it.provider.end_tokens()
            await it.says("a1", "welcome")
            assert [each["text"]["content"] for each in it.provider.on_event] == ["welcome"]
            assert (it.provider.messages, it.failed) == ([], [])
            await it.says("a2", "and now as ever")
            assert it.provider.texts == ["and now as ever"]

    run(scenario())


def test_what_a_customer_takes_back_is_told_to_the_desk(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            msgid = await it.provider.writes("my card is 6222…")
            await it.provider.tells("user_recall_msg", recall_msgid=msgid)
            await it.provider.tells("user_recall_msg", recall_msgid="unheard of")
            await it.settled()
            accepted = it.channel.store.accepted(it.conversation, msgid)
            changed = {"channel": "wecom", "message_id": accepted.message_id, "change": "recalled"}
            assert it.told("changes") == [changed]

    run(scenario())


def test_a_token_that_ends_early_is_replaced(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as it:
            await it.provider.writes("hello")
            await it.settled()
            it.provider.end_tokens()
            await it.says("a1", "answer")
            assert it.provider.texts == ["answer"]

    run(scenario())


QUEUE = {**BOT, "owner": "queue"}


def test_people_in_wecom_get_whom_the_desk_hands_over_after_the_bots_last_words(tmp_path):
    async def scenario() -> None:
        side: list[Wecom] = []

        async def hands_over(message: UserMessage) -> None:
            side[0].visits.becomes(message.sender_id, QUEUE)
            await asyncio.sleep(0.05)
            await message.output_channel.send_text_message(message.sender_id, "I pass you on")

        async with running(tmp_path, hands_over, answered_by="wecom") as it:
            side.append(it)
            await it.until(lambda: it.visits.resumed)
            await it.provider.writes("a person, please")
            await it.until(lambda: it.provider.states.get(LIN) == 2)
            await it.settled()
            assert it.provider.texts == ["I pass you on"]
            assert it.provider.moves[-1] == (1, 2, None)
            assert it.channel.left(it.conversation).reason == "handled_elsewhere"
            await it.says("s1", "You are next", author="system")
            assert [each["text"]["content"] for each in it.provider.on_event] == ["You are next"], (
                "by the code"
            )
            await it.says("s2", "Still there?", author="system")
            assert it.failed == [(["s2"], "handled_elsewhere")]

    run(scenario())


def test_a_customer_is_brought_to_one_person_and_tried_again_while_that_one_does_not_serve(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(wecom_people, "_AGAIN", (0.01,))

    async def scenario() -> None:
        async with running(tmp_path, answered_by="wecom", servicer="Zhao") as it:
            await it.provider.writes("a person, please")
            await it.settled()
            await it.until(lambda: it.visits.resumed)
            it.visits.becomes(it.conversation, QUEUE)
            await asyncio.sleep(0.05)
            assert it.provider.states[LIN] == 1
            it.provider.servicers["Zhao"] = 0
            await it.until(lambda: it.provider.states[LIN] == 3)
            assert it.provider.moves[-1] == (1, 3, "Zhao")

    run(scenario())


def test_who_waits_since_before_the_start_is_brought_to_wecom(tmp_path):
    async def scenario() -> None:
        provider = WecomEmulator(Clock())
        async with running(tmp_path, provider=provider) as it:
            await provider.writes("a person, please")
            await it.settled()
            conversation = it.conversation
        waiting = {conversation: QUEUE, "webchat:default:other": QUEUE}
        async with running(tmp_path, provider=provider, states=waiting, answered_by="wecom"):
            while provider.states[LIN] != 2:  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    run(scenario())


def test_what_people_in_wecom_say_is_kept_at_the_desk_until_they_end_it(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, echo, answered_by="wecom", servicers={"Wang": "王丽"}) as it:
            await it.provider.writes("hello")
            await it.settled()
            await it.provider.taken()
            said = await it.provider.says("Wang", "How can I help?")
            await it.provider.tells("servicer_recall_msg", recall_msgid=said, servicer_userid="Wang")
            await it.provider.ends()
            await it.settled()
            assert [each["reason"] for each in it.told("handoff")] == ["WeCom"], "taken without our asking"
            told = it.told("outside")
            assert [(each["what"], each.get("name"), each.get("text")) for each in told] == [
                ("said", "王丽", "How can I help?"),
                ("recalled", None, None),
                ("ended", None, None),
            ]
            assert told[0]["key"] == told[1]["key"] == said
            await it.until(lambda: it.provider.on_event)
            click = it.provider.on_event[0]["msgmenu"]["list"][1]["click"]
            await it.provider.writes(click["content"], menu_id=click["id"])
            await it.settled()
            assert [each["score"] for each in it.told("outside") if each["what"] == "rated"] == [4]
            assert it.agent.words == ["hello"], "the bot does not hear of a rating"
            await it.provider.writes("and now?")
            await it.settled()
            assert it.provider.texts[-1] == "echo and now?"
            await it.until(lambda: it.provider.states[LIN] == 1)

    run(scenario())


def test_files_of_people_in_wecom_are_brought_to_the_desk(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, answered_by="wecom") as it:
            await it.provider.writes("hello")
            await it.settled()
            shown = await it.provider.shows("Wang", "image", b"png")
            it.clock.now += 1
            await it.provider.says("Wang", "like this")
            gone = await it.provider.shows("Wang", "voice", b"#!AMR\n")
            del it.provider.files["shown1"]
            await it.until(lambda: len(it.told("outside")) == 3)
            told = {each["key"]: each for each in it.told("outside")}
            assert [(each[1], each[2]["name"]) for each in it.visits.uploads] == [(b"png", "image.jpg")]
            assert told[shown] == {
                "channel": "wecom",
                "key": shown,
                "what": "said",
                "attachments": ["f1"],
                "text": "",
                "said_at": it.clock.now - 1,
                "name": "企业微信客服 · WeCom agent Wang",
            }
            assert (told[gone]["attachments"], told[gone]["text"]) == ([], NOT_RECEIVED)

    run(scenario())


def test_such_a_file_is_brought_by_the_next_process_unless_it_was_taken_back(tmp_path):
    async def scenario() -> None:
        provider = WecomEmulator(Clock())
        async with running(tmp_path, provider=provider, answered_by="wecom") as it:
            await provider.writes("hello")
            await it.settled()
            await it.visits.stop()
            kept = await provider.shows("Wang", "image", b"one")
            back = await provider.shows("Wang", "file", b"two")
            await it.until(lambda: len(it.channel._files.kept()) == 2)
            await provider.tells("servicer_recall_msg", recall_msgid=back, servicer_userid="Wang")
            await it.until(lambda: it.channel._files.kept() == [kept])
        async with running(tmp_path, provider=provider, answered_by="wecom") as it:
            await it.until(lambda: [each for each in it.told("outside") if each["what"] == "said"])
            await it.until(lambda: not it.channel._files.kept())
            (said,) = [each for each in it.told("outside") if each["what"] == "said"]
            assert (said["key"], said["attachments"]) == (kept, ["f1"])

    run(scenario())


def test_nothing_that_is_not_wecoms_rings(tmp_path):
    chance = random.Random(13)
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'

    async def scenario() -> None:
        async with running(tmp_path) as it:
            query, good = it.provider.wrapped(BELL)
            for bad in (
                bomb,
                b"",
                b"\x00",
                b"{",
                b"[" * 100_000,
                b"<xml>",
                b"<xml><Encrypt>AAAA</Encrypt></xml>",
            ):
                assert (await it.provider.post(query, bad))[0] == 403, bad
            for _ in range(100):
                assert (await it.provider.post(query, chance.randbytes(chance.randint(1, 300))))[0] == 403
            for changed in (
                {"msg_signature": "0" * 40},
                {"nonce": "other"},
                {"timestamp": "x"},
                {"timestamp": "1"},
            ):
                assert (await it.provider.post({**query, **changed}, good))[0] == 403, changed
            with suppress(aiohttp.ClientError, OSError):
                assert (await it.provider.post(query, b"x" * 10_000_000))[0] == 413
            forged = it.provider.wrapped({**BELL, "OpenKfId": "../x"})
            assert await it.provider.post(*forged) == (200, b"success")
            assert it.provider.fetched == []
            assert await it.provider.post(query, good) == (200, b"success")
            await it.until(lambda: it.provider.fetched)

    run(scenario())


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"secret": ""}, "secret"), ({"encoding_aes_key": "short"}, "43"), ({"colour": "green"}, "colour")],
)
def test_settings_that_are_missing_or_wrong_are_named(changed, said):
    given = {"corp_id": CORP, "secret": SECRET, "token": TOKEN, "encoding_aes_key": AES_KEY}
    WecomInput.from_credentials(given)
    with pytest.raises(ValueError, match=said):
        WecomInput.from_credentials({**given, **changed})
