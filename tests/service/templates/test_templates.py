"""Templates: told by connectors, offered to whoever holds the conversation, said as they were filled in."""

import pytest

from handoff_service.context import Context
from handoff_service.models import Message
from handoff_service.rasa.bot_event import said_by
from handoff_service.templates.filling import filled, is_fit, variables
from tests.service.callers import AgentCaller, Agents, Caller
from tests.service.desk import Desk

SHIPPED = {"name": "shipped", "language": "en", "body": "Hello {{1}}, order {{2}} is on its way, {{1}}."}
HELLO = {"name": "hello", "language": "zh_CN", "body": "您好，方便时请回复我们。"}
ANN = "whatsapp:shop:US.1"


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


def tell(assistant: Caller, *templates: dict[str, str], account: str = "shop") -> int:
    given = {"channel": "whatsapp", "account": account, "templates": list(templates)}
    return assistant.put("/visits/templates", json=given).status_code


def chosen(name: str = "shipped", language: str = "en", *variables: str) -> dict[str, object]:
    return {"name": name, "language": language, "variables": list(variables)}


def test_what_was_told_last_of_the_account_is_offered(
    assistant: Caller, desk: Desk, lin: AgentCaller
) -> None:
    desk.asks(ANN)
    desk.asks("s")
    assert tell(assistant, HELLO) == 204
    assert tell(assistant, SHIPPED, HELLO) == 204
    assert tell(assistant, account="other") == 204
    offered = lin.get(f"/conversations/{desk.conversation(ANN).id}/templates").json()["items"]
    assert offered == [{**SHIPPED, "variables": 2}, {**HELLO, "variables": 0}]
    assert lin.get(f"/conversations/{desk.conversation('s').id}/templates").json() == {"items": []}


def test_a_template_is_said_filled_in_and_the_channel_learns_which_it_is(
    assistant: Caller, desk: Desk, lin: AgentCaller, context: Context
) -> None:
    desk.asks(ANN)
    tell(assistant, SHIPPED)
    say = f"/conversations/{desk.conversation(ANN).id}/messages"
    given = {"client_id": "1", "template": chosen("shipped", "en", "Ann", "AB{{2}}12")}

    answers = [lin.post(say, json=given) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[0].json()["text"] == "Hello Ann, order AB{{2}}12 is on its way, Ann."
    with context.database.reading() as session:
        message = session.get_one(Message, answers[0].json()["id"])
        said = said_by(message, None, "whatsapp", context.settings, context.clock())
    assert said["metadata"]["template"] == given["template"]


@pytest.mark.parametrize(
    ("template", "status", "kind"),
    [
        (chosen("shipped", "en", "Ann"), 422, "wrong-variables"),
        (chosen("shipped", "en", "Ann", " "), 422, "wrong-variables"),
        (chosen("shipped", "en", "Ann", "two\nlines"), 422, "wrong-variables"),
        (chosen("shipped", "de", "Ann", "12"), 409, "unknown-template"),
        (chosen("gone", "en"), 409, "unknown-template"),
        ({"name": "shipped"}, 422, None),
    ],
)
def test_what_cannot_be_sent_is_refused(
    assistant: Caller,
    desk: Desk,
    lin: AgentCaller,
    template: dict[str, object],
    status: int,
    kind: str | None,
) -> None:
    desk.asks(ANN)
    tell(assistant, SHIPPED)
    answer = lin.post(
        f"/conversations/{desk.conversation(ANN).id}/messages", json={"client_id": "1", "template": template}
    )
    assert answer.status_code == status
    assert kind is None or answer.json()["type"] == f"urn:baton:problem:{kind}"


def test_a_template_stands_alone_and_is_no_note(assistant: Caller, desk: Desk, lin: AgentCaller) -> None:
    desk.asks(ANN)
    tell(assistant, HELLO)
    at = f"/conversations/{desk.conversation(ANN).id}"
    both = {"client_id": "1", "text": "and this", "template": chosen("hello", "zh_CN")}
    assert lin.post(f"{at}/messages", json=both).status_code == 422
    alone = {"client_id": "2", "template": chosen("hello", "zh_CN")}
    assert lin.post(f"{at}/notes", json=alone).status_code == 422
    assert lin.post(f"{at}/messages", json={"client_id": "3"}).status_code == 422


def test_who_may_not_see_the_conversation_sees_no_templates(
    assistant: Caller, desk: Desk, lin: AgentCaller, as_agent: Agents
) -> None:
    desk.asks(ANN)
    sam = as_agent("sam", presence="away")
    at = f"/conversations/{desk.conversation(ANN).id}"
    assert sam.get(f"{at}/templates").status_code == 404
    assert lin.put("/visits/templates", json={}).status_code in (401, 403)


def test_filling_in() -> None:
    assert (variables("a {{1}} b {{3}}"), variables("none {{name}}")) == (3, 0)
    assert filled("{{2}} {{1}} {{2}}", ["a", "b{{1}}"]) == "b{{1}} a b{{1}}"
    assert [is_fit(value) for value in ("x", "", "  ", "a\tb", "a     b", "a    b")] == [
        True,
        False,
        False,
        False,
        False,
        True,
    ]
