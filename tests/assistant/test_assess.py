"""action_assess_turn, called the way Rasa calls it."""

import asyncio
import json
import logging
import threading
from pathlib import Path

import pytest
from rasa.shared.core.constants import EXTERNAL_MESSAGE_PREFIX, IS_EXTERNAL
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered

from actions.assess import ActionAssessTurn, RecentTurns
from actions.desk import Desk, DeskUnavailable
from tests.assistant.fake_service import fake_service
from tests.assistant.rasa_side import run_action, tracker_of, user_event

CONTRACT = Path(__file__).parents[1] / "contract"
STAY = json.loads((CONTRACT / "turn_response_stay.json").read_text())
HANDOFF = json.loads((CONTRACT / "turn_response_handoff_agent.json").read_text())


class FakeDesk:
    """Answers with what it was given, or raises it, and remembers the turns."""

    def __init__(self, answer):
        self.answer = answer
        self.turns = []

    def assess(self, turn):
        self.turns.append(turn)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def assess(desk, tracker, action=None):
    events = asyncio.run(run_action(action or ActionAssessTurn(desk), tracker))
    assert all(isinstance(event, SlotSet) for event in events), "it may set slots and nothing else"
    return {event.key: event.value for event in events}


def test_it_posts_the_turn_as_the_contract_says():
    desk = FakeDesk(STAY)
    assess(desk, tracker_of(user_event("我要转人工", "request_human")))
    (turn,) = desk.turns
    example = json.loads((CONTRACT / "turn_request.json").read_text())
    assert turn.keys() == example.keys()
    assert turn["signals"].keys() == example["signals"].keys()
    assert (turn["sender_id"], turn["channel"]) == ("webchat:main:v1", "webchat")
    assert (turn["message_id"], turn["text"]) == ("m-1", "我要转人工")
    assert turn["sent_at"] == "2026-11-22T08:15:30.123456Z"
    assert turn["signals"]["asks_human"] is True
    assert [event["event"] for event in turn["tail"]] == ["user"]
    assert turn["tail"][0]["parse_data"]["intent"]["name"] == "request_human"


def test_the_tail_is_this_turn_alone():
    desk = FakeDesk(STAY)
    earlier = [user_event("你好", message_id="m-0"), BotUttered("您好"), ActionExecuted("action_listen")]
    now = [user_event("查订单", message_id="m-1"), SlotSet("order_number", "10023")]
    assess(desk, tracker_of(*earlier, *now))
    assert [event["event"] for event in desk.turns[0]["tail"]] == ["user", "slot"]
    assert desk.turns[0]["tail"][0]["message_id"] == "m-1"


@pytest.mark.parametrize("name", ["stay", "handoff_agent", "handoff_queue", "silent", "noted"])
def test_the_slot_carries_the_decision(name):
    answer = json.loads((CONTRACT / f"turn_response_{name}.json").read_text())
    slots = assess(FakeDesk(answer), tracker_of(user_event("我要转人工")))
    assert slots == {
        "turn": {
            "decision": answer["decision"],
            "message_id": "m-1",
            "handoff": answer["handoff"],
            "epoch": answer["epoch"],
        },
        "language": "zh",
    }


def test_a_service_that_cannot_be_reached_leaves_the_whole_turn_in_the_slot():
    desk = FakeDesk(DeskUnavailable("no answer"))
    slots = assess(desk, tracker_of(user_event("I want a human")))
    assert slots["turn"] == {
        "decision": "unreachable",
        "message_id": "m-1",
        "handoff": None,
        "turn": desk.turns[0],
    }
    assert slots["language"] == "en"


def test_a_client_that_breaks_leaves_the_whole_turn_in_the_slot(caplog):
    slots = assess(FakeDesk(RuntimeError("broken")), tracker_of(user_event("转人工")))
    assert slots["turn"]["decision"] == "unreachable"
    assert slots["turn"]["turn"]["text"] == "转人工"
    assert "correlation_id=m-1" in caplog.text


def test_a_tracker_that_makes_no_sense_does_not_fail_the_turn(caplog):
    tracker = tracker_of(user_event("转人工", timestamp=1e300))
    slots = assess(FakeDesk(STAY), tracker)
    assert slots == {"turn": {"decision": "unreachable", "message_id": "m-1", "handoff": None}}
    assert [record.levelno for record in caplog.records if record.name == "actions.assess"] == [logging.ERROR]


def test_the_second_call_in_a_turn_gets_the_first_answer():
    desk = FakeDesk(HANDOFF)
    action = ActionAssessTurn(desk)
    tracker = tracker_of(user_event("查订单"))
    first = assess(desk, tracker, action)
    desk.answer = STAY
    tracker.update(ActiveLoop("order_form"))
    tracker.update(SlotSet("turn", first["turn"]))
    assert assess(desk, tracker, action) == first
    assert len(desk.turns) == 1


def test_other_messages_customers_and_deliveries_are_other_turns():
    desk = FakeDesk(STAY)
    action = ActionAssessTurn(desk)
    for tracker in (
        tracker_of(user_event("你好")),
        tracker_of(user_event("你好", message_id="m-2")),
        tracker_of(user_event("你好"), sender_id="webchat:main:v2"),
        tracker_of(user_event("你好", timestamp=1795335390.0)),
    ):
        assess(desk, tracker, action)
    assert len(desk.turns) == 4


def test_only_the_latest_turns_are_remembered():
    recent = RecentTurns(size=2)
    recent.put(("a",), {"turn": 1})
    recent.put(("b",), {"turn": 2})
    assert recent.get(("a",)) == {"turn": 1}
    recent.put(("c",), {"turn": 3})
    assert recent.get(("b",)) is None
    assert recent.get(("a",)) == {"turn": 1}


def test_a_reminder_is_no_turn_of_the_customers():
    desk = FakeDesk(HANDOFF)
    reminder = UserUttered.create_external("greet", [], "webchat")
    slots = assess(desk, tracker_of(user_event("你好", message_id="m-0"), reminder))
    assert slots["turn"]["decision"] == "stay"
    assert desk.turns == []


@pytest.mark.parametrize("text", [f"{EXTERNAL_MESSAGE_PREFIX}转人工", "转人工"])
def test_a_customer_cannot_pass_for_a_reminder(text):
    desk = FakeDesk(HANDOFF)
    slots = assess(desk, tracker_of(user_event(text, metadata={IS_EXTERNAL: True})))
    assert slots["turn"]["decision"] == "handoff"
    assert len(desk.turns) == 1


def test_a_button_is_a_turn():
    desk = FakeDesk(STAY)
    assess(desk, tracker_of(user_event("/request_human", "request_human")))
    assert desk.turns[0]["text"] == "/request_human"
    assert desk.turns[0]["signals"]["asks_human"] is True


def test_a_conversation_without_a_message_stays():
    desk = FakeDesk(HANDOFF)
    assert assess(desk, tracker_of())["turn"]["decision"] == "stay"
    assert desk.turns == []


def test_the_language_of_the_turns_before_counts():
    desk = FakeDesk(STAY)
    slots = assess(desk, tracker_of(SlotSet("language", "en"), user_event("10023")))
    assert slots["language"] == "en"


def test_the_form_that_asked_counts():
    desk = FakeDesk(STAY)
    form = [ActiveLoop("order_form"), SlotSet("requested_slot", "order_number")]
    assess(desk, tracker_of(*form, user_event("A-10023", "nlu_fallback")))
    assert desk.turns[0]["signals"]["fallback"] is False


@pytest.mark.parametrize("text", [None, "", "\0", "\ud83d", "x" * 10_000, "😀"])
def test_whatever_is_typed_can_be_sent_and_stored(text):
    with fake_service((200, STAY)) as service:
        slots = assess(Desk(service.url, "key"), tracker_of(user_event(text)))
        (turn,) = service.turns
    assert slots["turn"]["decision"] == "stay"
    json.dumps(turn, ensure_ascii=False).encode()
    assert "\0" not in turn["text"]


def test_the_event_loop_is_free_while_the_service_thinks():
    seen = threading.Event()

    async def both():
        loop, thinking = asyncio.get_running_loop(), asyncio.Event()

        class SlowDesk:
            def assess(self, turn):
                loop.call_soon_threadsafe(thinking.set)
                assert seen.wait(60)
                return STAY

        call = asyncio.create_task(run_action(ActionAssessTurn(SlowDesk()), tracker_of(user_event("你好"))))
        await asyncio.wait_for(thinking.wait(), 60)
        seen.set()  # only a free loop gets here while the call is in progress
        return await call

    assert asyncio.run(both())


def test_words_of_the_customer_are_not_logged(caplog):
    caplog.set_level(logging.DEBUG, logger="actions")
    assess(FakeDesk(STAY), tracker_of(user_event("我的密码是 hunter2")))
    assert "correlation_id=m-1" in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("words", "language"), [("没有解决", "zh"), ("Not solved", "en"), ("👎", "zh"), ("好的", "zh")]
)
def test_an_answer_marked_as_not_solved_is_rejected_whatever_the_words_are(words, language):
    desk = FakeDesk(STAY)
    event = user_event("/reject_answer", "reject_answer")
    event.metadata = {"button_title": words, "feedback": {"message": "m.0", "solved": False}}
    assess(desk, tracker_of(event))
    (turn,) = desk.turns
    assert turn["text"] == words
    assert turn["signals"]["rejects_answer"] is True
    assert turn["signals"]["fallback"] is False
    assert (turn["signals"]["intent"], turn["signals"]["language"]) == ("reject_answer", language)


@pytest.mark.parametrize("metadata", [None, {"feedback": {"solved": True}}, {"feedback": "solved"}, {}])
def test_without_the_mark_the_words_count(metadata):
    desk = FakeDesk(STAY)
    event = user_event("好的", "affirm")
    event.metadata = metadata
    assess(desk, tracker_of(event))
    assert desk.turns[0]["signals"]["rejects_answer"] is False


def test_a_photo_without_words_is_posted_as_a_file_and_no_words():
    desk = FakeDesk(STAY)
    photo = {"id": "f1", "name": "a.png", "type": "image/png", "size": 7}
    event = user_event("/send_attachment", "send_attachment", metadata={"attachments": [photo, {"type": 7}]})
    assess(desk, tracker_of(event))
    (turn,) = desk.turns
    assert (turn["text"], turn["attachments"]) == ("", ["f1"])
    assert (turn["signals"]["attachments"], turn["signals"]["without_words"]) == (2, True)


@pytest.mark.parametrize("odd", [None, "x", 7, {"id": "f"}, [None, "f"]])
def test_odd_metadata_is_no_file(odd):
    desk = FakeDesk(STAY)
    assess(desk, tracker_of(user_event("你好", metadata={"attachments": odd})))
    assert (desk.turns[0]["attachments"], desk.turns[0]["signals"]["attachments"]) == ([], 0)


def test_what_has_no_words_is_told_as_the_channel_shows_it_and_judged_as_wordless():
    desk = FakeDesk(STAY)
    place = "（位置 · Location）静安寺 https://maps.example/"
    assess(desk, tracker_of(user_event("/send_attachment", "send_attachment", metadata={"shown": place})))
    (turn,) = desk.turns
    assert turn["text"] == place
    assert turn["signals"]["without_words"]
