"""A customer leaves a message: out of the live queue, owed an answer, outside everybody's capacity."""

import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.conversations.repository import load
from handoff_service.models import AuditEntry, Contact, Conversation, StreamEvent
from handoff_service.texts.notices import notice
from handoff_service.timers import TimerWorker
from tests.service.callers import Agents, Caller, Clock
from tests.service.desk import Desk

SENDER = "webchat:default:v1"
EMAIL = "mei.lin@example.com"


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def leave(assistant: Caller):
    def left(sender_id: str = SENDER, **given: Any):
        body = {"client_id": "c1", "channel": "webchat", "text": "My parcel is lost", "email": EMAIL, **given}
        return assistant.post(f"/visits/{sender_id}/message", json=body)

    return left


def system_words(desk: Desk, sender_id: str = SENDER) -> list[str]:
    return [text for author, text in desk.said(sender_id) if author == "system"]


class TestLeaving:
    def test_from_nowhere_it_begins_a_conversation(self, desk, leave):
        answer = leave(language="en", name=" Mei\n\u202eLin ")

        assert answer.status_code == 201
        assert answer.json()["contact"] == {"name": "Mei Lin", "email": "m…@example.com", "phone": None}
        left = desk.conversation(SENDER)
        assert answer.json()["conversation_id"] == left.id
        assert (left.kind, left.owner, left.status, left.unread) == ("message", "bot", "open", 1)
        assert left.due_at == desk.context.clock() + dt.timedelta(hours=24)
        assert desk.said(SENDER)[0] == ("customer", "My parcel is lost")

    def test_from_the_queue_it_ends_the_waiting_and_keeps_the_transcript(self, desk, leave):
        desk.asks(SENDER)
        waiting = desk.conversation(SENDER)
        assert waiting.owner == "queue"

        assert leave().json()["conversation_id"] == waiting.id

        left = desk.conversation(SENDER)
        assert (left.id, left.kind, left.owner, left.queued_at) == (waiting.id, "message", "bot", None)
        assert [text for _, text in desk.said(SENDER)][:2] == ["I want a human", "My parcel is lost"]
        assert desk.outbox(SENDER)[-2].kind == "resume", "the bot serves them meanwhile"

    def test_nobody_is_assigned_to_it(self, desk, leave):
        desk.asks(SENDER)
        leave()

        desk.agent("Lin")

        assert desk.conversation(SENDER).owner == "bot"

    def test_the_same_again_is_the_same(self, desk, leave):
        first, again = leave(), leave(text="something else")

        assert first.json() == again.json()
        assert [author for author, _ in desk.said(SENDER)] == ["customer", "system"]

    def test_more_is_added_to_what_waits_and_the_time_stays(self, desk, leave, clock):
        leave()
        due = desk.conversation(SENDER).due_at
        clock.advance(minutes=5)

        leave(client_id="c2", text="It is number 7")

        left = desk.conversation(SENDER)
        assert (left.due_at, left.unread) == (due, 2)

    @pytest.mark.parametrize(
        ("given", "key", "values"),
        [
            ({}, "message_left", {}),  # no mail goes out here
            ({"email": None, "phone": "138 1234 5678"}, "message_left_phone", {"number": "+861…78"}),
        ],
    )
    def test_they_are_told_how_the_answer_comes(self, desk, leave, given, key, values):
        leave(language="zh", **given)

        assert system_words(desk) == [notice(key, "zh", **values)]

    @pytest.mark.parametrize("settings_overrides", [{"smtp_url": "smtp://127.0.0.1", "mail_from": "a@b.com"}])
    def test_with_mail_they_are_told_of_the_mail(self, desk, leave):
        leave(language="en")

        assert system_words(desk) == [notice("message_left_mail", "en", address="m…@example.com")]

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"email": None}, "contact"),
            ({"email": " ", "phone": ""}, "contact"),
            ({"email": "mei"}, "email"),
            ({"email": "mei@example.com\nBcc: x@example.com"}, "email"),
            ({"email": None, "phone": "123"}, "phone"),
            ({"phone": "123"}, "phone"),
        ],
    )
    def test_a_wrong_contact_is_refused_by_name_and_nothing_is_stored(self, context, leave, given, field):
        answer = leave(**given)

        assert answer.status_code == 400
        assert (answer.json()["type"], answer.json()["field"]) == (
            "urn:baton:problem:invalid-contact",
            field,
        )
        with context.database.reading() as session:
            assert session.scalar(select(Conversation)) is None
            assert session.scalar(select(Contact)) is None

    @pytest.mark.parametrize(
        "given", [{"text": "  "}, {"text": "x" * 10_001}, {"client_id": ""}, {"language": "fr"}, {"to": "x"}]
    )
    def test_other_nonsense_is_refused(self, leave, given):
        assert leave(**given).status_code == 422

    def test_it_needs_the_service_key(self, client):
        assert client.post(f"/api/v1/visits/{SENDER}/message", json={}).status_code == 401

    def test_who_has_a_colleague_to_talk_with_just_writes(self, desk, leave):
        desk.agent("Lin")
        desk.asks(SENDER)

        answer = leave()

        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:baton:problem:with-agent"

    def test_the_channel_knows_whether_they_can(self, desk, leave, assistant, as_agent):
        def can() -> bool:
            told: bool = assistant.get(f"/visits/{SENDER}").json()["state"]["can_leave_message"]
            return told

        assert can()
        desk.asks(SENDER)
        assert can()
        lin = as_agent("lin", skills=["en"])
        assert not can(), "they have somebody to talk with"
        lin.post(f"/conversations/{desk.conversation(SENDER).id}/return", json={})
        leave()
        lin.post(f"/conversations/{desk.conversation(SENDER).id}/claim", json={})
        assert can(), "nobody is waiting at the other end"
        leave(client_id="c2", text="more")
        assert desk.conversation(SENDER).unread == 2

    def test_channels_without_the_form_take_none(self, leave):
        assert leave(channel="rest").status_code == 409

    def test_five_in_an_hour_are_enough(self, leave, clock):
        assert [leave(client_id=f"c{n}").status_code for n in range(6)] == [201] * 5 + [429]
        assert leave(client_id="c5").headers["Retry-After"] == "3600"
        assert leave("webchat:default:v2").status_code == 201
        clock.advance(minutes=61)
        assert leave(client_id="c5").status_code == 201


@pytest.mark.parametrize(
    ("channel", "key"), [("webchat", "offline_message"), ("rest", "offline")], ids=["form", "no form"]
)
def test_the_offline_words_name_the_form_where_there_is_one(assistant, channel, key):
    turn = {
        "sender_id": f"{channel}:x",
        "channel": channel,
        "message_id": "m1",
        "sent_at": "2026-03-02T09:00:00Z",
        "text": "a person please",
        "signals": {"language": "en", "asks_human": True},
    }

    assert assistant.post("/turns", json=turn).json()["handoff"]["notice"] == notice(key, "en")


class TestPickingUp:
    @pytest.fixture(autouse=True)
    def _left(self, leave):
        assert leave(language="en").status_code == 201

    def test_it_costs_no_capacity_and_is_not_announced(self, desk, as_agent: Agents, context):
        lin = as_agent("lin", skills=["en"], capacity=1)
        desk.asks("webchat:default:live")
        left = desk.conversation(SENDER)

        claimed = lin.post(f"/conversations/{left.id}/claim", json={})

        assert claimed.status_code == 200
        assert (claimed.json()["kind"], claimed.json()["assignee"]["id"]) == ("message", lin.id)
        assert claimed.json()["handoff"]["rule"] == "message_left"
        with context.database.reading() as session:
            assert load(session, lin.id) == 1
        assert len(system_words(desk)) == 1, "the acknowledgement alone"

    def test_no_silence_takes_it_away_and_the_answer_settles_what_is_due(self, desk, as_agent, clock):
        lin = as_agent("lin", skills=["en"])
        left = desk.conversation(SENDER)
        lin.post(f"/conversations/{left.id}/claim", json={})
        timers = TimerWorker(desk.context)
        clock.advance(hours=30)
        timers.step()
        held = desk.conversation(SENDER)
        assert (held.owner, held.assignee_id, held.status) == ("agent", lin.id, "open")
        assert held.due_at is not None
        assert held.due_at < clock(), "overdue, and shown so"
        lin.headers = as_agent.headers(lin.agent)  # logged in anew the next day

        lin.post(f"/conversations/{left.id}/messages", json={"text": "Found it", "client_id": "a1"})

        assert desk.conversation(SENDER).due_at is None
        clock.advance(hours=30)
        timers.step()
        assert desk.conversation(SENDER).status == "open"
        desk.turn(SENDER, "thank you, one more question")
        assert desk.conversation(SENDER).due_at == clock() + dt.timedelta(hours=24), "owed once more"

    def test_returned_without_an_answer_it_lies_where_it_lay(self, desk, as_agent):
        lin = as_agent("lin", skills=["en"])
        before = desk.conversation(SENDER)
        lin.post(f"/conversations/{before.id}/claim", json={})

        lin.post(f"/conversations/{before.id}/return", json={})

        left = desk.conversation(SENDER)
        assert (left.kind, left.owner, left.due_at, left.unread) == ("message", "bot", before.due_at, 1)
        assert len(system_words(desk)) == 1

    def test_returned_with_an_answer_it_is_the_bots(self, desk, as_agent):
        lin = as_agent("lin", skills=["en"])
        left = desk.conversation(SENDER)
        lin.post(f"/conversations/{left.id}/claim", json={})
        lin.post(f"/conversations/{left.id}/messages", json={"text": "Found it", "client_id": "a1"})

        lin.post(f"/conversations/{left.id}/return", json={})

        assert (desk.conversation(SENDER).kind, desk.conversation(SENDER).owner) == ("live", "bot")

    @pytest.mark.parametrize("how", ["offline", "deactivated"])
    def test_whose_agent_is_gone_it_can_be_picked_up_again(self, desk, as_agent, clock, how):
        lin, boss = as_agent("lin", skills=["en"]), as_agent("boss", role="supervisor")
        left = desk.conversation(SENDER)
        lin.post(f"/conversations/{left.id}/claim", json={})
        timers = TimerWorker(desk.context)

        if how == "offline":
            lin.put("/me/presence", json={"status": "offline"})
            timers.step()
            clock.advance(minutes=6)
            timers.step()
        else:
            boss.patch(f"/agents/{lin.id}", json={"active": False})

        back = desk.conversation(SENDER)
        assert (back.kind, back.owner, back.due_at, back.assignee_id) == (
            "message",
            "bot",
            left.due_at,
            None,
        )

    def test_it_passes_to_colleagues_who_are_away_and_to_no_queue(self, desk, as_agent):
        lin, mo = as_agent("lin", skills=["en"]), as_agent("mo", skills=["en"], presence="away")
        left = desk.conversation(SENDER)
        lin.post(f"/conversations/{left.id}/claim", json={})

        refused = lin.post(f"/conversations/{left.id}/transfer", json={"skill": "en"})
        passed = lin.post(f"/conversations/{left.id}/transfer", json={"agent_id": mo.id})

        assert refused.json()["type"] == "urn:baton:problem:not-queued"
        assert passed.status_code == 200
        assert desk.conversation(SENDER).assignee_id == mo.id
        assert len(system_words(desk)) == 1

    def test_resolved_nothing_is_due_any_more(self, desk, as_agent):
        lin = as_agent("lin", skills=["en"])
        left = desk.conversation(SENDER)
        lin.post(f"/conversations/{left.id}/claim", json={})
        lin.post(f"/conversations/{left.id}/resolve", json={})

        assert (desk.conversation(SENDER).status, desk.conversation(SENDER).due_at) == ("resolved", None)

    def test_who_asks_for_a_person_after_all_waits_in_the_queue_and_what_is_due_stays_due(self, desk):
        due = desk.conversation(SENDER).due_at
        desk.asks(SENDER)
        assert (desk.conversation(SENDER).kind, desk.conversation(SENDER).owner) == ("live", "queue")

        desk.turn(SENDER, "never mind", gives_up=True)

        left = desk.conversation(SENDER)
        assert (left.kind, left.owner, left.due_at) == ("message", "bot", due)

    def test_an_agent_who_gets_it_from_the_queue_settles_it_with_an_answer(self, desk, as_agent):
        lin = as_agent("lin", skills=["en"])
        desk.asks(SENDER)
        held = desk.conversation(SENDER)
        assert (held.kind, held.assignee_id) == ("live", lin.id)

        lin.post(f"/conversations/{held.id}/messages", json={"text": "Hello", "client_id": "a1"})
        lin.post(f"/conversations/{held.id}/return", json={})

        assert (desk.conversation(SENDER).kind, desk.conversation(SENDER).due_at) == ("live", None)

    def test_the_list_can_be_narrowed_to_messages(self, desk, as_agent):
        desk.turn("webchat:default:other")
        lin = as_agent("lin")

        def listed(kind: str) -> list[str]:
            return [each["sender_id"] for each in lin.get(f"/conversations?kind={kind}").json()["items"]]

        assert listed("message") == [SENDER]
        assert listed("live") == ["webchat:default:other"]


class TestTheContact:
    def test_it_is_masked_everywhere_until_somebody_opens_it_and_that_is_kept(
        self, leave, as_agent, context, caplog
    ):
        leave(phone="13812345678", name="Mei")
        lin = as_agent("lin")
        [shown] = lin.get("/conversations").json()["items"]
        assert shown["contact"] == {"name": "Mei", "email": "m…@example.com", "phone": "+861…78"}

        opened = lin.get(f"/conversations/{shown['id']}/contact")

        assert opened.json() == {"name": "Mei", "email": EMAIL, "phone": "+8613812345678"}
        with context.database.reading() as session:
            kept = [*session.scalars(select(AuditEntry)), *session.scalars(select(StreamEvent))]
            told = json.dumps(
                [getattr(each, "details", None) or getattr(each, "payload", {}) for each in kept]
            )
            actors = session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "contact.open"))
            assert list(actors) == [f"agent:{lin.id}"]
        for secret in (EMAIL, "13812345678"):
            assert secret not in told
            assert secret not in caplog.text

    def test_others_conversations_show_none(self, desk, leave, as_agent):
        leave()
        lin, mo = as_agent("lin"), as_agent("mo")
        left = desk.conversation(SENDER)
        lin.post(f"/conversations/{left.id}/claim", json={})

        assert mo.get(f"/conversations/{left.id}/contact").status_code == 404

    def test_without_one_there_is_nothing_to_open(self, desk, as_agent, assistant):
        desk.turn(SENDER)
        assistant.post(f"/visits/{SENDER}/presence", json={"connected": True})

        answer = as_agent("lin").get(f"/conversations/{desk.conversation(SENDER).id}/contact")

        assert answer.status_code == 404

    def test_whether_the_customer_is_there_is_shown(self, desk, assistant, as_agent):
        desk.turn(SENDER)
        conversation_id = desk.conversation(SENDER).id
        lin = as_agent("lin")

        def reach() -> dict[str, Any]:
            shown: dict[str, Any] = lin.get(f"/conversations/{conversation_id}").json()["reach"]
            return shown

        assert reach() == {"connected": None, "mail": False, "window": None}
        for connected in (True, False):
            path = f"/visits/{SENDER}/presence"
            assert assistant.post(path, json={"connected": connected}).status_code == 204
            assert reach()["connected"] is connected
            assert desk.told_last(conversation_id)["reach"]["connected"] is connected


@pytest.mark.parametrize(
    "settings_overrides",
    [{"business_hours": "Mon-Fri 09:00-18:00", "time_zone": "Asia/Shanghai", "message_due_after": "PT10H"}],
)
def test_only_business_hours_count(desk: Desk, leave, clock: Clock) -> None:
    clock.now = dt.datetime(2026, 3, 6, 9, 0, tzinfo=dt.UTC)  # Friday, 17:00 in Shanghai

    leave()

    assert desk.conversation(SENDER).due_at == dt.datetime(2026, 3, 9, 10, 0, tzinfo=dt.UTC)  # Monday, 18:00
