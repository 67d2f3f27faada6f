"""A bot of two answers, a form and a reminder, with real Rasa around it and an action server beside it."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.utils import AvailableEndpoints
from rasa.model_training import train
from rasa.server import update_conversation_with_events
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

ROOT = Path(__file__).parents[2]

# No NLU is trained: messages name their intent ("/ask_hours"), any other text meets the fallback.
CONFIG = """
recipe: default.v1
assistant_id: tiny
language: en
pipeline: []
policies:
- name: rasa_parts.policy.HandoffPolicy
- name: RulePolicy
"""
DOMAIN = """
version: "3.1"
intents: [ask_hours, order, remind]
slots:
  turn:
    type: any
    influence_conversation: false
    mappings: [{type: custom, action: action_assess_turn}]
  number:
    type: text
    influence_conversation: false
    mappings: [{type: from_text, conditions: [{active_loop: order_form}], not_intent: [order]}]
forms:
  order_form: {required_slots: [number]}
responses:
  utter_hours: [{text: "Nine to six."}]
  utter_ask_number: [{text: "Which number?"}]
  utter_order: [{text: "On its way."}]
  utter_reminder: [{text: "Remember!"}]
  utter_default: [{text: "Pardon?"}]
actions: [action_assess_turn, action_handoff]
session_config: {session_expiration_time: 60, carry_over_slots_to_new_session: true}
"""
RULES = """
version: "3.1"
rules:
- rule: hours
  steps: [{intent: ask_hours}, {action: utter_hours}]
- rule: reminder
  steps: [{intent: remind}, {action: utter_reminder}]
- rule: order
  steps: [{intent: order}, {action: order_form}, {active_loop: order_form}]
- rule: order done
  condition: [{active_loop: order_form}]
  steps: [{action: order_form}, {active_loop: null}, {action: utter_order}]
"""


def train_tiny_bot(folder: Path) -> Path:
    for name, content in {"config.yml": CONFIG, "domain.yml": DOMAIN, "rules.yml": RULES}.items():
        (folder / name).write_text(content, encoding="utf-8")
    result = train(
        str(folder / "domain.yml"), str(folder / "config.yml"), str(folder / "rules.yml"), output=str(folder)
    )
    return Path(result.model)


async def load_tiny_bot(model: Path, folder: Path, actions_port: int) -> Agent:
    """As `rasa run` does, from the repository's `endpoints.yml` with the action server at another port."""
    config = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    config["action_endpoint"]["url"] = f"http://127.0.0.1:{actions_port}/webhook"
    endpoints = folder / f"endpoints-{actions_port}.yml"
    endpoints.write_text(yaml.safe_dump(config), encoding="utf-8")
    return await load_agent(str(model), endpoints=AvailableEndpoints.read_endpoints(str(endpoints)))


class Conversation:
    """One customer with the bot."""

    def __init__(self, agent: Agent, sender_id: str) -> None:
        self.agent = agent
        self.sender_id = sender_id

    async def say(self, text: str, message_id: str | None = None) -> list[str]:
        """What the bot says to it."""
        channel = CollectingOutputChannel()
        await self.agent.handle_message(UserMessage(text, channel, self.sender_id, message_id=message_id))
        return [message.get("text") for message in channel.messages]

    async def trigger(self, intent: str) -> list[str]:
        """What the bot says to a reminder or external intent."""
        channel = CollectingOutputChannel()
        async with self.agent.lock_store.lock(self.sender_id):
            tracker = await self.agent.processor.fetch_tracker_and_update_session(self.sender_id)
            await self.agent.trigger_intent(intent, [], channel, tracker)
        return [message.get("text") for message in channel.messages]

    async def post(self, *events: dict[str, Any]) -> None:
        """As `POST /conversations/…/tracker/events` does."""
        async with self.agent.lock_store.lock(self.sender_id):
            tracker = await update_conversation_with_events(
                self.sender_id,
                self.agent.processor,
                self.agent.domain,
                [Event.from_parameters(event) for event in events],
            )
            await self.agent.tracker_store.save(tracker)

    async def tracker(self) -> DialogueStateTracker:
        return await self.agent.tracker_store.retrieve(self.sender_id)


class FakeActions:
    """An action server that decides by table and fails on demand.

    `decisions`: text of the customer → decision ("stay" where there is none; None: the assessment fails).
    `handoff`: what `action_handoff` returns, as (status, body); "die" drops the connection.
    """

    NOTICE = "A colleague is coming."
    PAUSING = (
        {"event": "active_loop", "name": None},
        {"event": "slot", "name": "requested_slot", "value": None},
        {"event": "action", "name": "action_listen"},
        {"event": "pause", "metadata": {"handoff_id": "h1", "epoch": 2}},
    )

    def __init__(self) -> None:
        self.handoffs = 0
        self.reset()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def reset(self) -> None:
        self.handoffs = 0
        self.dead = False
        self.decisions: dict[str, str | None] = {}
        self.handoff: tuple[int, Any] | str = (
            200,
            {"events": list(self.PAUSING), "responses": [{"text": self.NOTICE}]},
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: dict[str, Any]) -> tuple[int, Any] | str:
        if self.dead:
            return "die"
        if call["next_action"] == "action_assess_turn":
            return self._assess(call["tracker"])
        if call["next_action"] == "action_handoff":
            self.handoffs += 1
            return self.handoff
        return 404, {"error": f"no action {call['next_action']}", "action_name": call["next_action"]}

    def _assess(self, tracker: dict[str, Any]) -> tuple[int, Any]:
        message = next(event for event in reversed(tracker["events"]) if event["event"] == "user")
        decision = self.decisions.get(message["text"], "stay")
        if decision is None:
            return 500, {"error": "told to fail"}
        value = {"decision": decision, "message_id": message["message_id"], "handoff": None}
        return 200, {"events": [{"event": "slot", "name": "turn", "value": value}], "responses": []}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer: Callable[[dict[str, Any]], tuple[int, Any] | str] = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                result = answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if result == "die":
                    return
                status, body = result
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        return Handler
