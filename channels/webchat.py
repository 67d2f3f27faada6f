"""Web chat: `channels.webchat.WebchatInput` in credentials.yml, for pages and apps.

It speaks the customer protocol (`channels/customer_api.py`) below `/webhooks/webchat/v1`.
The sender id is `webchat:<site>:<visitor>` and is never the client's choice.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.customer_api import CustomerApi
from channels.desk import Desk
from channels.durable import DurableInput
from channels.feed import Feed
from channels.feedback import asks_feedback
from channels.file_links import FileLinks
from channels.push import Push, Receiver
from channels.sessions import Sessions
from channels.sites import Sites
from channels.uploads import Uploads
from channels.visits import Visits
from channels.web import Web


class WebchatInput(DurableInput):
    """The web chat connector. One per Rasa server; `account` is the site of a client that names none."""

    def __init__(
        self,
        account: str = "default",
        sites: Mapping[str, Any] | None = None,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
        desk: Desk | None = None,
        unasked: Iterable[str] = (),
        push: Receiver | None = None,
    ) -> None:
        super().__init__(path, now)
        self._sites = Sites.configured(account, sites)
        self._unasked = frozenset(unasked)
        self._desk = desk
        self._feed = Feed()
        self._visits = Visits(desk, self._feed, lambda: self.store)
        self._push = Push(push, lambda: self.store, self._visits.presence.is_here, now) if push else None
        self._uploads = Uploads(desk, FileLinks.from_environment(), lambda: self.store)
        self._web = Web(f"/webhooks/{self.name()}/v1/", self._sites.allow)
        self._sessions = Sessions(self, self._sites, self._features, self._visits.resumed, self._called)

    @classmethod
    def name(cls) -> str:
        return "webchat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        given = credentials or {}
        return cls(
            account=str(given.get("account", "default")),
            sites=given.get("sites"),
            desk=Desk.from_environment(),
            unasked=given.get("no_feedback") or (),
            push=Receiver.from_environment(),
        )

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("webchat", __name__)
        self.listen(blueprint, on_new_message)

        @blueprint.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        api = CustomerApi(self, self._sessions, self._web, self._feed, self._visits, self._uploads)
        api.add_routes(blueprint)

        @blueprint.listener("before_server_start")
        async def answer_first(app: Sanic, _loop: Any) -> None:
            self._web.install(app)

        @blueprint.listener("after_server_start")
        async def follow_the_desk(_app: Sanic, _loop: Any) -> None:
            await self._visits.start()
            if self._push is not None:
                self._push.start()

        @blueprint.listener("before_server_stop")
        async def hang_up(_app: Sanic, _loop: Any) -> None:
            self._feed.close()
            if self._push is not None:
                await self._push.stop()
            await self._visits.stop()

        return blueprint

    def _called(self, conversation: str, name: str) -> None:
        if self._desk is not None:
            self._visits.telling.tell(conversation, "name", {"channel": self.name(), "name": name})

    def _features(self) -> dict[str, Any]:
        """What clients may offer beside writing."""
        message = self._desk is not None
        return {"message": message, "upload": {"max_bytes": self._uploads.max_bytes}}

    def marks(self, message: Mapping[str, Any]) -> dict[str, Any]:
        by_bot = message.get("author") is None
        return {"feedback": "ask"} if by_bot and asks_feedback(message, self._unasked) else {}

    async def say(self, conversation: str, message_id: str, body: dict[str, Any]) -> None:
        if body["author"] == "agent":
            self._visits.agent_spoke(conversation)
        if self._push is not None:
            self._push.expect(conversation)
        await super().say(conversation, message_id, body)

    async def wake(self, conversation: str) -> None:
        self._feed.ring(conversation)
