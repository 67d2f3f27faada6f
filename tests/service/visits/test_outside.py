"""People answer in the provider's own client: nothing is assigned here, and what they say is kept."""

from typing import Any

import pytest

from handoff_service.context import Context
from tests.service.attachments import files
from tests.service.callers import AgentCaller, Agents, Caller, Clock
from tests.service.desk import Desk

SAID = {"channel": "webchat", "what": "said", "key": "m1", "name": "Wang", "text": "How can I help?"}
ENDED = {"channel": "webchat", "what": "ended", "key": "e1"}


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"outside_channels": "webchat"}  # the channel of the desk's turns


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


def test_nobody_here_gets_the_customer_and_the_notice_promises_no_place(desk: Desk, lin: AgentCaller) -> None:
    answer = desk.asks("s")
    assert "passing you to a colleague" in answer["handoff"]["notice"]
    assert "number" not in answer["handoff"]["notice"]
    assert desk.conversation("s").owner == "queue"
    desk.turn("s", "go on with the bot", gives_up=True)
    assert desk.conversation("s").owner == "queue", "that is for those to see to who have the customer"


def test_what_is_said_there_is_kept_once_and_the_bot_goes_on_when_it_has_ended(
    assistant: Caller, desk: Desk, lin: AgentCaller
) -> None:
    desk.asks("s")
    held = desk.conversation("s").id
    for _ in range(2):
        assert assistant.post("/visits/s/outside", json=SAID).status_code == 204
    shown = lin.get(f"/conversations/{held}/messages").json()["items"]
    said = [(each["author_name"], each["text"]) for each in shown if each["author"] == "agent"]
    assert said == [("Wang", "How can I help?")]
    for key, recalled in (("m0", None), ("m1", "done")):
        back = {"channel": "webchat", "what": "recalled", "key": key}
        assert assistant.post("/visits/s/outside", json=back).status_code == 204
        shown = lin.get(f"/conversations/{held}/messages").json()["items"]
        assert [each["recall"] for each in shown if each["author"] == "agent"] == [recalled]
    for _ in range(2):
        assert assistant.post("/visits/s/outside", json=ENDED).status_code == 204
    after = desk.conversation("s")
    assert (after.owner, after.status) == ("bot", "open")
    assert [entry.kind for entry in desk.outbox("s")][-1] == "resume"
    rated = {"channel": "webchat", "what": "rated", "key": "r1", "score": 4}
    assert assistant.post("/visits/s/outside", json=rated).status_code == 204
    assert lin.get(f"/conversations/{held}").json()["rating"] == 4


def test_a_file_that_was_shown_there_is_kept_and_can_be_had(
    assistant: Caller, desk: Desk, lin: AgentCaller
) -> None:
    desk.asks("s")
    held = desk.conversation("s").id
    sent = assistant.post("/visits/s/attachments?name=label.png&client_id=o1", content=files.png())
    file = sent.json()["id"]
    for _ in range(2):
        said = {**SAID, "text": "", "attachments": [file, "somebody's"]}
        assert assistant.post("/visits/s/outside", json=said).status_code == 204
    *_, last = lin.get(f"/conversations/{held}/messages").json()["items"]
    assert (last["author"], last["author_name"]) == ("agent", "Wang")
    assert [each["id"] for each in last["attachments"]] == [file]
    assert lin.get(f"/attachments/{file}").content == files.png()


def test_who_is_answered_elsewhere_waits_for_nobody_here(
    assistant: Caller, desk: Desk, lin: AgentCaller, as_agent: Agents, clock: Clock
) -> None:
    vera = as_agent("vera", role="supervisor", presence="offline")
    desk.asks("s")
    clock.advance(minutes=5)

    shown = lin.get(f"/conversations/{desk.conversation('s').id}").json()
    assert (shown["owner"], shown["outside"]) == ("queue", True)
    assert (shown["position"], shown["estimated_wait_seconds"]) == (None, None)
    counts = lin.get("/conversations/counts").json()
    assert (counts["outside"], counts["queue"]) == (1, 0)
    wall = vera.get("/wall").json()
    assert (wall["total"]["waiting"], wall["total"]["longest_wait_since"]) == (0, None)
    assert wall["total"]["last_hour"] == {"in_time": 0, "counted": 0}, "nobody of ours was late"
    assert sum(each["handoffs"] for each in wall["hours"]) == 0

    assistant.post("/visits/s/outside", json=ENDED)
    assert lin.get(f"/conversations/{desk.conversation('s').id}").json()["outside"] is False


def test_it_needs_the_service_key_and_only_knows_what_it_knows(lin: AgentCaller, assistant: Caller) -> None:
    assert lin.post("/visits/s/outside", json=SAID).status_code in (401, 403)
    assert assistant.post("/visits/s/outside", json={**SAID, "what": "danced"}).status_code == 422
    assert assistant.post("/visits/s/outside", json=ENDED).status_code == 204, "nobody to end it for"
