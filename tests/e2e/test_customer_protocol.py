"""The customer protocol against the real thing, by plain HTTP as an app speaks it."""

import itertools
from typing import Any

import httpx
import pytest

from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually


class App:
    """A customer's app: a token, and the last number seen."""

    def __init__(self, stack: Stack) -> None:
        base = f"{stack.settings.rasa_url}/webhooks/webchat/v1"
        self.http = httpx.Client(base_url=base, timeout=30)
        session = self.http.post("/session", json={}).raise_for_status().json()
        self.http.headers["Authorization"] = f"Bearer {session['token']}"
        self.sender_id = f"webchat:default:{session['visitor']}"
        self.seen: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self._ids = itertools.count(1)

    def posts(self, path: str, **body: Any) -> httpx.Response:
        return self.http.post(path, json=body)

    def says(self, text: str) -> None:
        assert self.posts("/messages", client_id=f"c{next(self._ids)}", text=text).status_code == 202

    def looks(self) -> list[dict[str, Any]]:
        """Resume after what was seen last."""
        after = self.seen[-1]["number"] if self.seen else 0
        answer = self.http.get("/messages", params={"after": after}).raise_for_status().json()
        self.seen += answer["messages"]
        self.state = answer["state"]
        return self.seen

    def sees(self, author: str) -> dict[str, Any]:
        return eventually(
            lambda: next((m for m in self.looks() if m["author"] == author and "replaces" not in m), None),
            f"a word of {author}",
        )


@pytest.fixture
def app(stack: Stack, desk: Any) -> App:
    return App(stack)


def test_with_a_person_and_back_over_a_restart_of_the_service(app, desk, owned, stack):
    desk.mei.is_now("online")
    app.says("我要转人工")
    conversation = owned(app.sender_id, "agent")
    assert eventually(lambda: app.looks() and app.state["agent"], "the agent's name") == {"name": "Mei"}
    said = desk.mei.says(conversation["id"], "您好，我是小梅")
    word = app.sees("agent")
    assert app.posts("/read", number=word["number"]).status_code == 204

    def delivery() -> str:
        messages = desk.mei.http.get(f"/conversations/{conversation['id']}/messages").json()["items"]
        return next(m["delivery"] for m in messages if m["id"] == said["id"])

    eventually(lambda: delivery() == "read", "the agent sees that it was read")
    stack.kill("handoff")
    try:
        app.says("在吗")  # taken all the same, and the state ages
        assert app.looks()[-1]["text"] == "在吗"
        assert app.state["owner"] == "agent"
    finally:
        stack.start("handoff")
    desk.mei.http.post(f"/conversations/{conversation['id']}/return", json={}).raise_for_status()
    eventually(lambda: app.looks() and app.state["owner"] == "bot", "with the bot again")
    numbers = [message["number"] for message in app.seen]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("question", "words"), [("怎么退货", "没有解决"), ("how do I return something", "No use")]
)
def test_an_answer_marked_as_not_solved_hands_a_refund_over(app, desk, owned, question, words):
    desk.mei.is_now("online")
    app.says(question)
    answer = app.sees("bot")
    assert answer["feedback"] == "ask"
    given = {"message": answer["id"], "solved": False}
    assert app.posts("/messages", client_id="f", text=words, feedback=given).status_code == 202
    conversation = owned(app.sender_id, "agent")
    shown = desk.mei.http.get(f"/conversations/{conversation['id']}/messages").json()["items"]
    assert words in [message["text"] for message in shown]


def test_anothers_token_opens_nothing(app, stack):
    stranger = App(stack)
    app.says("secret")
    assert "secret" not in [message["text"] for message in stranger.looks()]
    stranger.http.headers["Authorization"] = "Bearer guessed"
    assert stranger.http.get("/messages").status_code == 401
    evil = stranger.http.options("/messages", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in evil.headers
