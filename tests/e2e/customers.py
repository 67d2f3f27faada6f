"""Customers on providers' networks, each by way of its emulator. Several of one network know nothing of each
other."""

import itertools
from collections.abc import Callable
from typing import Any, Protocol

from tests.e2e.emulators import Emulator
from tests.e2e.stack import Stack

_numbers = itertools.count(2302128620000)  # as 蓝莺IM's look; every network takes it in an id


class Customer(Protocol):
    """What all customers can do, those of the web chat as well. `may_repeat`: whether what comes again is
    something new to their network."""

    may_repeat: bool

    @property
    def sender_id(self) -> str: ...

    def insists(self, text: str) -> None:
        """Write, until it is acknowledged."""

    def texts(self) -> list[str]:
        """What was said to them, in order."""


class NetworkCustomer:
    may_repeat = False

    def __init__(self, provider: Emulator, stack: Stack, name: str) -> None:
        self.name = name
        self._provider = provider
        self._stack = stack

    def does(self, **what: Any) -> None:
        self._provider.writes(self._stack.settings.rasa_url, **what)

    def says(self, text: str) -> None:
        """Write; the network brings it until it is acknowledged."""
        raise NotImplementedError

    def insists(self, text: str) -> None:
        self.says(text)

    def got(self, kind: Any = None) -> list[dict[str, Any]]:
        """Messages, in the network's own shape: all, or those of one kind."""
        raise NotImplementedError

    def texts(self) -> list[str]:
        raise NotImplementedError


class WhatsAppCustomer(NetworkCustomer):
    """Shows no number."""

    may_repeat = True

    @property
    def sender_id(self) -> str:
        return f"whatsapp:default:{self._user_id}"

    @property
    def _user_id(self) -> str:
        return f"US.{self.name}"

    def does(self, **what: Any) -> None:
        super().does(person={"name": "Ann", "user_id": self._user_id}, **what)

    def says(self, text: str) -> None:
        self.does(type="text", content={"body": text})

    def loses_the_next_answer(self) -> None:
        """The message comes, and nobody is told so."""
        self.does(breaks=1)

    def was_read(self) -> bool:
        return any(each["type"] == "seen" for each in self._provider.messages())

    def got(self, kind: Any = None) -> list[dict[str, Any]]:
        ours = [each for each in self._provider.messages() if each["to"] == self._user_id]
        return [each for each in ours if kind in (None, each["type"])]

    def texts(self) -> list[str]:
        """Of texts and of what has buttons."""
        return [
            each["text"]["body"] if each["type"] == "text" else each["interactive"]["body"]["text"]
            for each in self.got()
            if each["type"] in ("text", "interactive")
        ]


class LanyingCustomer(NetworkCustomer):
    """One of the app's users."""

    @property
    def sender_id(self) -> str:
        return f"lanying:default:{self.name}"

    def does(self, **what: Any) -> None:
        super().does(**{"from": {"uid": self.name}, **what})

    def says(self, text: str) -> None:
        self.does(content=text)

    def got(self, kind: Any = None) -> list[dict[str, Any]]:
        ours = [each for each in self._provider.messages() if each["targets"] == [int(self.name)]]
        return [each for each in ours if kind in (None, each["content_type"])]

    def texts(self) -> list[str]:
        return [each["content"] for each in self.got(0)]


class WechatCustomer(NetworkCustomer):
    """A follower of the Official Account."""

    may_repeat = True

    @property
    def sender_id(self) -> str:
        return f"wechat:default:{self.name}"

    def does(self, **what: Any) -> None:
        super().does(customer=self.name, **what)

    def says(self, text: str) -> None:
        self.does(text=text)

    def got(self, kind: Any = None) -> list[dict[str, Any]]:
        ours = [each for each in self._provider.messages() if each["touser"] == self.name]
        return [each for each in ours if kind in (None, each["msgtype"])]

    def texts(self) -> list[str]:
        return [text for each in self.got() if (text := _tencent_text(each)) is not None]


class WecomCustomer(WechatCustomer):
    """A customer of the corporation's one account."""

    ACCOUNT = "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw"
    may_repeat = False

    @property
    def sender_id(self) -> str:
        return f"wecom:default:{self.ACCOUNT}:{self.name}"

    def hears(self, **person: str) -> None:
        """Of a person in WeCom's own client."""
        self.does(**person)

    def state(self) -> int:
        return int(self.got("state")[0]["state"])


def newcomers(kind: type[NetworkCustomer], provider: Emulator, stack: Stack) -> Callable[[], Any]:
    """Makes customers whom nobody has seen yet."""
    return lambda: kind(provider, stack, str(next(_numbers)))


def _tencent_text(message: dict[str, Any]) -> str | None:
    if message["msgtype"] == "msgmenu":
        return str(message["msgmenu"]["head_content"])
    return str(message["text"]["content"]) if message["msgtype"] == "text" else None
