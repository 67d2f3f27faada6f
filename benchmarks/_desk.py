"""A handoff service of its own with a busy desk in its database, for what is measured in a browser."""

import datetime as dt
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import insert

from handoff_service.agents.schemas import AgentIn
from handoff_service.agents.service import create
from handoff_service.auth.passwords import Passwords
from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.migrations.runner import upgrade
from handoff_service.models import Conversation, Counter, Handoff, Message
from handoff_service.settings import Settings

ROOT = Path(__file__).parents[1]
PASSWORD = secrets.token_urlsafe(12)
HELD = 5  # one conversation in so many is in an agent's hands, as many as they can take
WAITS = 50  # one in so many is in the queue
_CHANNELS = ("webchat", "rest", "whatsapp", "wechat")
_WITH_BOT = {"owner": "bot", "queued_at": None, "waiting_since": None, "unread": 0}
_RULES = ("asks_for_person", "refund_unsettled", "threat_or_strong_displeasure", "not_understood_twice")
_WORDS = (
    "退款什么时候到账？",
    "My parcel has not arrived yet.",
    "已经三天了，还没有消息。",
    "Could you look into it, please?",
)


@dataclass(frozen=True, slots=True)
class DeskServer:
    """Where it is, whom programs call it as, and which conversation is the long one."""

    url: str
    service_key: str
    long_conversation: str
    long_sender: str

    def token(self, name: str) -> str:
        """An agent's bearer token."""
        given = {"email": f"{name}@example.com", "password": PASSWORD}
        answer = httpx.post(f"{self.url}/api/v1/auth/login", json=given, trust_env=False, timeout=60)
        answer.raise_for_status()
        return str(answer.json()["access_token"])


@contextmanager
def desk_server(folder: Path, *, conversations: int, messages: int) -> Iterator[DeskServer]:
    """A running service with that many conversations, of which one in fifty waits, one in five is with a
    colleague who has answered, and the rest with the bot; and one with that many messages in Lin's hands."""
    secrets_ = {name: secrets.token_hex(24) for name in ("SERVICE_KEY", "TOKEN_SECRET")}
    environ = {
        **os.environ,
        "BATON_DATA_DIR": str(folder),
        "RASA_JWT_SECRET": secrets.token_hex(24),
        "RASA_URL": "http://127.0.0.1:9",  # nobody listens there: nothing here is said to a customer
        **{f"HANDOFF_{name}": value for name, value in secrets_.items()},
    }
    settings = Settings(
        data_dir=folder,
        service_key=secrets_["SERVICE_KEY"],
        token_secret=secrets_["TOKEN_SECRET"],
        rasa_jwt_secret=environ["RASA_JWT_SECRET"],
    )
    conversation, sender = _seed(settings, conversations, messages)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = [sys.executable, "-m", "uvicorn", "--factory", "handoff_service.app:create_app"]
    with (folder / "service.log").open("w") as log:
        process = subprocess.Popen(
            [*argv, "--port", str(port), "--no-access-log"], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _until_ready(url, process)
            yield DeskServer(url, secrets_["SERVICE_KEY"], conversation, sender)
        finally:
            process.kill()  # its data goes with the folder
            process.wait()


def _seed(settings: Settings, conversations: int, messages: int) -> tuple[str, str]:
    database = Database(settings.database)
    upgrade(database)
    context = Context(settings, database)
    now = dt.datetime.now(dt.UTC)
    with context.work() as unit:
        hashed = Passwords().hash(PASSWORD)
        people = [("lin", "agent"), ("vera", "supervisor")]
        lin, _ = (
            create(unit, AgentIn(email=f"{n}@example.com", name=n.title(), role=role, skills=["zh"]), hashed)  # type: ignore[arg-type]
            for n, role in people
        )
        crowd = [
            create(unit, AgentIn(email=f"agent{n}@example.com", name=f"Agent {n}", role="agent"), hashed)
            for n in range(conversations // (HELD * lin.capacity))
        ]
        for agent in (lin, *crowd):
            agent.presence = "online"
        rows, handoffs, said = [], [], []
        for number in range(conversations):
            since = now - dt.timedelta(milliseconds=20 * (conversations - number))  # no timer is due
            row = _conversation(f"c{number:05}", since, number)
            if number % WAITS == 0:
                rows.append(row)
            elif number % HELD == 1:
                rows.append({**row, **_in_hand(crowd[number // HELD % len(crowd)].id, since)})
            else:
                rows.append({**row, **_WITH_BOT})
            handoffs.append(_handoff(f"h{number:05}", f"c{number:05}", since, number))
            said.append(_message(f"c{number:05}", number + 1, since, number))
        rows.append({**_conversation("long", now, 1), **_in_hand(lin.id, now)})
        handoffs.append(_handoff("hlong", "long", now, 1))
        begin = now - dt.timedelta(seconds=messages)
        said += [
            _message("long", conversations + 1 + number, begin + dt.timedelta(seconds=number), number)
            for number in range(messages)
        ]
        unit.session.execute(insert(Conversation), rows)
        unit.session.execute(insert(Handoff), handoffs)
        unit.session.execute(insert(Message), said)
        unit.session.add(Counter(name="message", value=len(said)))
    database.close()
    return "long", "rest:long"


def _conversation(conversation_id: str, since: dt.datetime, number: int) -> dict[str, object]:
    return {
        "id": conversation_id,
        "sender_id": f"rest:{conversation_id}",
        "channel": _CHANNELS[number % 4],
        "language": "zh" if number % 3 else "en",
        "owner": "queue",
        "handoff_id": f"h{conversation_id.removeprefix('c')}",
        "priority": 1 + (number % 17 == 0),
        "skills_required": ["zh" if number % 3 else "en"],
        "skills_preferred": [],
        "skills_strict": [],
        "queued_at": since,
        "customer_wrote_at": since,
        "waiting_since": since,
        "assignee_id": None,
        "assigned_at": None,
        "agent_wrote_at": None,
        "unread": 1,
        "created_at": since,
        "updated_at": since,
    }


def _in_hand(agent_id: str, since: dt.datetime) -> dict[str, object]:
    """With that agent, who has answered."""
    return {
        "owner": "agent",
        "assignee_id": agent_id,
        "queued_at": None,
        "assigned_at": since,
        "agent_wrote_at": since,
        "waiting_since": None,
        "unread": 0,
    }


def _handoff(handoff_id: str, conversation_id: str, since: dt.datetime, number: int) -> dict[str, object]:
    rule = _RULES[number % 4]
    return {
        "id": handoff_id,
        "conversation_id": conversation_id,
        "source": "turn",
        "rule": rule,
        "reasons": [{"rule": rule, "why": {"topic": "refund"}}],
        "rules_version": 1,
        "relaxed": [],
        "told": True,
        "requested_at": since,
    }


def _message(conversation_id: str, seq: int, at: dt.datetime, number: int) -> dict[str, object]:
    author = ("customer", "bot", "customer", "agent")[number % 4] if conversation_id == "long" else "customer"
    return {
        "conversation_id": conversation_id,
        "seq": seq,
        "key": f"seed:{seq}",
        "author": author,
        "author_name": "Lin" if author == "agent" else None,
        "text": f"{_WORDS[number % 4]} {'很长的一句话，要换行。' * (number % 9)}",
        "attachments": [],
        "sent_at": at,
        "delivery": "delivered" if author == "agent" else None,
    }


def _until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None:
        try:
            if httpx.get(f"{url}/healthz", trust_env=False).status_code < 500:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > deadline:
            raise SystemExit("The service did not start; is the machine overloaded?")
        time.sleep(0.1)
    raise SystemExit("The service ended at its start.")
