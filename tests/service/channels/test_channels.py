"""What each channel can do, and that nobody runs into it unwarned."""

from handoff_service.channels.table import CHANNELS, DEFAULT, channel_of
from handoff_service.context import Context
from handoff_service.conversations import repository
from tests.service.callers import Agents
from tests.service.desk import Desk


def test_agents_read_what_a_channel_can(as_agent: Agents) -> None:
    answer = as_agent("lin").get("/channels").json()

    webchat = next(each for each in answer["channels"] if each["channel"] == "webchat")
    assert (webchat["max_length"], webchat["recall_seconds"], webchat["buttons"]) == (10_000, 120, True)
    assert {each["channel"] for each in answer["channels"] if each["recall_seconds"]} == {
        "lanying",
        "webchat",
    }
    assert answer["default"]["recall_seconds"] is None


def test_a_channel_that_nobody_knows_gets_the_default() -> None:
    assert channel_of("theirs") is DEFAULT
    assert all(channel_of(name).name == name for name in CHANNELS)


def test_words_too_long_for_the_channel_are_refused_before_they_leave(
    context: Context, as_agent: Agents
) -> None:
    lin, desk = as_agent("lin", skills=["en"]), Desk(context)
    desk.asks("s")
    with context.work() as unit:
        conversation = repository.live(unit.session, "s")
        assert conversation is not None
        conversation.channel = "twilio"
        say = f"/conversations/{conversation.id}/messages"

    refused = lin.post(say, json={"text": "x" * 1601, "client_id": "1"})

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:baton:problem:too-long")
    assert refused.json()["max_length"] == 1600
    assert lin.post(say, json={"text": "😀" * 1600, "client_id": "1"}).status_code == 202
