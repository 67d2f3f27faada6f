"""A desk in the middle of a working day, made through the API by those it is made for."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import yaml
from sqlalchemy import update

from handoff_service.agents.schemas import AgentIn
from handoff_service.agents.service import create
from handoff_service.auth import tokens
from handoff_service.auth.passwords import Passwords, fingerprint
from handoff_service.context import Context
from handoff_service.models import Conversation, Message
from tests.service.callers import API, PASSWORD, Clock

SIGNALS = (
    "topic", "intent", "question", "sentiment", "rejects_answer", "asks_human", "needs_advice", "threat",
)  # fmt: skip
HISTORY = 96
"""Earlier conversations of the day, so that a trial of rules and the wall have something to count."""


def words(language: str) -> dict[str, Any]:
    file = Path(__file__).with_name(f"words.{language}.yml")
    read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return read


def morning(language: str) -> dt.datetime:
    """Half past ten on a Tuesday, where the desk is."""
    return dt.datetime(2026, 3, 3, 10, 30, tzinfo=ZoneInfo(words(language)["time_zone"])).astimezone(dt.UTC)


class Scene:
    """`play` leaves `clock` at the moment of the pictures; `long` is then the conversation to look at, and
    `photo_path` where its customer finds the photo they sent. `invitation` is an unused link's secret."""

    def __init__(
        self, url: str, context: Context, clock: Clock, key: str, language: str, photo: bytes
    ) -> None:
        self._http = httpx.Client(base_url=url + API, trust_env=False, timeout=60)
        self._context = context
        self._clock = clock
        self._key = key
        self._photo = photo
        self._numbers = itertools.count(1)
        self._ids: dict[str, str] = {}
        self.language = language
        self.words = words(language)
        self._ratings = itertools.cycle(self.words["ratings"])
        self.now = morning(language)
        self.long = ""
        self.photo_path = ""
        self.invitation = ""

    def play(self, passwords: Passwords) -> None:
        self._clock.now = self.now - dt.timedelta(hours=3)
        self._staff(passwords)
        self._kept_ready()
        self._history()
        events = [(each["ago"], self._held, each) for each in self.words["held"]]
        events += [(each["ago"], self._left, each) for each in self.words["left"]]
        long = self.words["long"]
        events += [(170, self._earlier, long), (24, self._talk, long), (7.4, self._goes_on, long)]
        for number, each in enumerate(self.words["waiting"]):
            events.append((12.6 - number * 0.41, self._waits, {**each, "number": number}))
        events.append((13.2, lambda _: self._are_full(), {}))
        for ago, happens, given in sorted(events, key=lambda event: -event[0]):
            self._clock.now = self.now - dt.timedelta(minutes=ago)
            happens(given)
        self._rules_draft()
        self._arrived()
        self._clock.now = self.now

    # --- who calls --------------------------------------------------------------------------------

    def _call(self, who: str, method: str, path: str, json: object = None, **given: Any) -> Any:
        """`who`: an agent's key, `vera`, or `assistant` for the service key."""
        token = self._key if who == "assistant" else self._token(who)
        answer = self._http.request(
            method, path, json=json, headers={"Authorization": f"Bearer {token}"}, **given
        )
        assert answer.is_success, (method, path, answer.text)
        return answer.json() if answer.content else None

    def _token(self, key: str) -> str:
        return tokens.issue(self._context.settings, self._ids[key], self._fingerprint, self._clock())

    # --- the house --------------------------------------------------------------------------------

    def _staff(self, passwords: Passwords) -> None:
        hashed = passwords.hash(PASSWORD)
        self._fingerprint = fingerprint(hashed)
        vera = AgentIn(email="vera@example.com", name=self.words["supervisor"], role="admin", capacity=0)
        with self._context.work() as unit:
            self._ids["vera"] = create(unit, vera, hashed).id
            for each in self.words["agents"]:
                agent = AgentIn(
                    email=f"{each['key']}@example.com", name=each["name"], skills=each["skills"], capacity=8
                )
                self._ids[each["key"]] = create(unit, agent, hashed).id
        for team in self.words["teams"]:
            members = [self._ids[key] for key in team["members"]]
            given = {"name": team["name"], "skills": team["skills"], "lead_id": self._ids[team["lead"]]}
            self._call("vera", "POST", "/teams", {**given, "member_ids": members})
        invited = {**self.words["invited"], "email": "new@example.com"}
        invited_id = self._call("vera", "POST", "/agents", invited)["id"]
        self.invitation = self._call("vera", "POST", f"/agents/{invited_id}/invitation")["secret"]
        self._call("vera", "PUT", "/me/presence", {"status": "away"})
        for each in self.words["agents"]:
            self._call(each["key"], "PUT", "/me/presence", {"status": each.get("presence", "online")})

    def _kept_ready(self) -> None:
        for answer in self.words["canned"]:
            text = {self.language: answer["text"]}
            given = {name: answer[name] for name in ("shared", "category", "title", "shortcut")}
            self._call("vera" if answer["shared"] else "lin", "POST", "/canned", {**given, "texts": text})
        for category in self.words["categories"]:
            self._category(category, None)
        revision = self._call("vera", "GET", "/business-hours")["revision"]
        day = [{"opens": "08:00", "closes": "12:00"}, {"opens": "13:00", "closes": "20:00"}]
        weekend = [{"opens": "09:00", "closes": "18:00"}]
        holiday = {"date": "2026-04-06", "name": self.words["holiday"], "spans": []}
        hours = {"weekly": [day] * 5 + [weekend] * 2, "exceptions": [holiday], "revision": revision}
        self._call("vera", "PUT", "/business-hours", {**hours, "time_zone": self.words["time_zone"]})

    def _category(self, given: Any, parent: str | None) -> None:
        each = {"name": given} if isinstance(given, str) else given
        body = {"parent_id": parent, "names": {self.language: each["name"]}, "topics": each.get("topics", [])}
        made = self._call("vera", "POST", "/closing/categories", body)["id"]
        for child in each.get("children", []):
            self._category(child, made)

    def _rules_draft(self) -> None:
        """The refund rule a little more sensitive, so that the trial shows a difference."""
        rules = self._call("vera", "GET", "/rules")
        source = rules["source"].replace("sentiment: {lte: -0.4}", "sentiment: {lte: -0.3}")
        source = source.replace("displeased_streak: {gte: 2}", "displeased_streak: {gte: 1}")
        assert source != rules["source"]
        draft = {"source": source, "note": self.words["rule_note"], "base_version": rules["version"]}
        self._call("vera", "PUT", "/rules/draft", {**draft, "revision": 0})

    # --- what customers and agents say ------------------------------------------------------------

    def _turn(self, sender: str, text: str, given: Mapping[str, Any], files: list[str] | None = None) -> Any:
        signals = {name: given[name] for name in SIGNALS if name in given}
        signals["language"] = given.get("language", self.language)
        turn = {
            "sender_id": sender,
            "channel": sender.partition(":")[0],
            "message_id": f"m{next(self._numbers)}",
            "sent_at": self._clock().isoformat(),
            "text": text,
            "attachments": files or [],
            "signals": {"confidence": 0.93, **signals},
        }
        return self._call("assistant", "POST", "/turns", turn)

    def _bot(self, sender: str, text: str) -> None:
        number = next(self._numbers)
        event = {
            "event": "bot",
            "text": text,
            "data": {},
            "metadata": {},
            "timestamp": self._clock().timestamp(),
        }
        item = {"id": number, "sender_id": sender, "event": event}
        self._call("assistant", "POST", "/ingest", {"events": [item]})

    def _agent(
        self, key: str, conversation: str, text: str, files: list[str] | None = None, *, note: bool = False
    ) -> None:
        said = {"text": text, "client_id": f"c{next(self._numbers)}", "attachments": files or []}
        self._call(key, "POST", f"/conversations/{conversation}/{'notes' if note else 'messages'}", said)

    def _customer(self, sender: str, given: Mapping[str, Any]) -> None:
        if not given.get("name"):
            return
        body = {name: given[name] for name in ("name", "tier", "tags", "language") if given.get(name)}
        identity = {"channel": sender.partition(":")[0], "sender_id": sender}
        self._call(
            "assistant", "PUT", f"/customers/{sender.partition(':')[2]}", {**body, "identities": [identity]}
        )

    def _history(self) -> None:
        lines = self.words["history"]
        step = dt.timedelta(minutes=150) / HISTORY
        for number in range(HISTORY):
            line = lines[(number * 7) % len(lines)]
            self._clock.now += step
            sender = f"webchat:before-{number}"
            turn = self._turn(sender, line["text"], line)
            if turn["decision"] != "handoff":
                self._bot(sender, self.words["reply"])
                continue
            self._ends(sender, turn, line.get("reply", self.words["reply"]), wait=8 + number % 5 * 14)

    def _ends(self, sender: str, turn: Any, reply: str, wait: float) -> None:
        """An agent answers after so many seconds, and that was it."""
        before = self._clock.now
        conversation = turn["conversation_id"]
        held = turn["handoff"]["assignee"]
        assert held, (sender, turn)
        key = next(key for key, agent in self._ids.items() if agent == held["id"])
        self._clock.advance(seconds=wait)
        self._agent(key, conversation, reply)
        self._clock.advance(seconds=10)
        self._call(
            key, "POST", f"/conversations/{conversation}/resolve", {"outcome": "solved", "mark": "needed"}
        )
        self._rates(sender)
        self._clock.now = before

    def _rates(self, sender: str) -> None:
        given = next(self._ratings)
        question = self._call("assistant", "GET", f"/visits/{sender}")["state"]["rating"]
        if given and question:
            self._call("assistant", "POST", f"/visits/{sender}/rating", {"id": question["id"], **given})

    def _held(self, given: Mapping[str, Any]) -> None:
        sender = f"webchat:held-{next(self._numbers)}"
        self._customer(sender, given)
        turn = self._turn(sender, given["text"], given)
        conversation = turn["conversation_id"]
        if (turn["handoff"]["assignee"] or {}).get("id") != self._ids[given["agent"]]:
            assign = {"agent_id": self._ids[given["agent"]], "force": True}
            self._call("vera", "POST", f"/conversations/{conversation}/assign", assign)
        self._clock.advance(seconds=40)
        self._agent(given["agent"], conversation, given["reply"])

    def _left(self, given: Mapping[str, Any]) -> None:
        body = {name: given[name] for name in ("text", "email", "phone", "name") if name in given}
        left = {
            "client_id": f"c{next(self._numbers)}",
            "channel": "webchat",
            "language": self.language,
            **body,
        }
        self._call("assistant", "POST", f"/visits/webchat:left-{next(self._numbers)}/message", left)

    def _waits(self, given: Mapping[str, Any]) -> None:
        sender = f"{given.get('channel', 'webchat')}:{48_271 + given['number'] * 7_919:x}"
        self._customer(sender, given)
        turn = self._turn(sender, given["text"], given)
        assert turn["handoff"]["assignee"] is None, given

    def _are_full(self) -> None:
        """Nobody takes another one from here on: each has as many places as conversations."""
        for each in self.words["agents"]:
            held = [one for one in self.words["held"] if one["agent"] == each["key"]]
            capacity = len(held) + (each["key"] == "lin") or 1
            self._call("vera", "PATCH", f"/agents/{self._ids[each['key']]}", {"capacity": capacity})

    # --- the long conversation --------------------------------------------------------------------

    LONG = "webchat:long"

    def _earlier(self, given: Mapping[str, Any]) -> None:
        self._customer(self.LONG, given["customer"])
        earlier = given["earlier"]
        turn = self._turn(self.LONG, earlier["text"], earlier)
        self._ends(self.LONG, turn, earlier["reply"], wait=30)

    def _talk(self, given: Mapping[str, Any]) -> None:
        turn: Any = {}
        for who, text, *signals in given["bot"]:
            self._clock.advance(seconds=18)
            if who == "bot":
                self._bot(self.LONG, text)
            else:
                turn = self._turn(self.LONG, text, signals[0])
        self.long = turn["conversation_id"]
        if (turn["handoff"]["assignee"] or {}).get("id") != self._ids["lin"]:
            assign = {"agent_id": self._ids["lin"], "force": True}
            self._call("vera", "POST", f"/conversations/{self.long}/assign", assign)
        self._clock.advance(seconds=35)
        self._agent("lin", self.long, given["desk"][0][1])

    def _goes_on(self, given: Mapping[str, Any]) -> None:
        """Up to half a minute ago: nobody is late yet."""
        say: dict[str, Callable[[str], object]] = {
            "agent": lambda text: self._agent("lin", self.long, text),
            "note": lambda text: self._agent("lin", self.long, text, note=True),
            "customer": lambda text: self._turn(self.LONG, text, {}),
            "photo": lambda text: self._turn(self.LONG, text, {}, [self._file(given["photo"])]),
            "paper": lambda text: self._agent("lin", self.long, text, [self._paper(given["paper"])]),
        }
        for who, text in given["desk"][1:]:
            self._clock.advance(seconds=60)
            say[who](text)
        self._call("assistant", "POST", f"/visits/{self.LONG}/presence", {"connected": True})

    def _file(self, name: str) -> str:
        path = f"/visits/{self.LONG}/attachments"
        stored = self._call("assistant", "POST", path, params={"name": name}, content=self._photo)
        self.photo_path = urlsplit(stored["url"]).path
        return str(stored["id"])

    def _paper(self, name: str) -> str:
        path = f"/conversations/{self.long}/attachments"
        paper = "20814 " * 200
        return str(self._call("lin", "POST", path, params={"name": name}, content=paper.encode())["id"])

    def _arrived(self) -> None:
        """As if Rasa were there: it has been told everything, and customers have read what was said."""
        with self._context.work() as unit:
            unit.session.execute(update(Conversation).values(control="confirmed"))
            said = Message.delivery.is_not(None)
            unit.session.execute(update(Message).where(said).values(delivery="read"))
