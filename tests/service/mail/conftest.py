"""A desk with mail: a real mail server, customers with an address, an agent who answers."""

from collections.abc import Iterator
from typing import Any

import pytest

from handoff_service.context import Context
from handoff_service.mail.worker import MailWorker
from handoff_service.models import Mail
from tests.service.callers import AgentCaller, Agents, Caller, Clock
from tests.service.desk import Desk
from tests.service.mailbox import Mailbox, mail_server

SENDER = "webchat:default:v1"
EMAIL = "mei.lin@example.com"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def settings_overrides(mailbox: Mailbox) -> dict[str, Any]:
    return {"smtp_url": mailbox.url, "mail_from": "Shop <help@shop.example.com>"}


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def worker(context: Context) -> MailWorker:
    return MailWorker(context)


class Story:
    """Short words for what these tests do over and over."""

    def __init__(self, desk: Desk, clock: Clock, assistant: Caller, as_agent: Agents) -> None:
        self.desk = desk
        self._clock = clock
        self._assistant = assistant
        self._number = 0
        self._agents = as_agent
        self.lin: AgentCaller = as_agent("lin", skills=["en"])

    def leave(self, sender_id: str = SENDER, email: str | None = EMAIL, **given: Any) -> str:
        """A message, picked up; the conversation's id."""
        self._number += 1
        body = {"client_id": f"c{self._number}", "channel": "webchat", "text": "Where?", "language": "en"}
        answer = self._assistant.post(f"/visits/{sender_id}/message", json={**body, "email": email, **given})
        assert answer.status_code == 201, answer.text
        conversation_id: str = answer.json()["conversation_id"]
        self.as_lin().post(f"/conversations/{conversation_id}/claim", json={})
        return conversation_id

    def as_lin(self) -> AgentCaller:
        """Logged in anew: days may have passed."""
        self.lin.headers = self._agents.headers(self.lin.agent)
        return self.lin

    def answer(self, conversation_id: str, text: str = "Found it") -> str:
        self._number += 1
        body = {"text": text, "client_id": f"a{self._number}"}
        answer = self.as_lin().post(f"/conversations/{conversation_id}/messages", json=body)
        assert answer.status_code == 202, answer.text
        message_id: str = answer.json()["id"]
        return message_id

    def shown(self, conversation_id: str, message_id: str) -> Any:
        """What the agent sees of the message's mail."""
        page = self.as_lin().get(f"/conversations/{conversation_id}/messages").json()["items"]
        return next(message for message in page if message["id"] == message_id)["mail"]

    def is_here(self, sender_id: str = SENDER, *, connected: bool = True) -> None:
        path = f"/visits/{sender_id}/presence"
        assert self._assistant.post(path, json={"connected": connected}).status_code == 204

    def mails(self) -> list[Mail]:
        with self.desk.context.database.reading() as session:
            return list(session.query(Mail).order_by(Mail.created_at))


@pytest.fixture
def story(desk: Desk, clock: Clock, assistant: Caller, as_agent: Agents) -> Story:
    return Story(desk, clock, assistant, as_agent)
