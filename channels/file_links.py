"""Links to files for customers: short-lived, signed here, checked by the handoff service.

The key follows from the service key, which both sides have (`handoff_service/attachments/links.py`); both are
held to `tests/contract/file_link.json`. A link is made each time a message is shown, and kept nowhere.
"""

import base64
import hashlib
import hmac
import os
from typing import Any

from channels.desk import DEFAULT_URL

PURPOSE = b"baton file links 1"
UNPLAYED = "audio/amr"
"""A voice message that no browser plays; the service gives an agent's as one that every browser does."""
SECONDS = 3600  # a page that stays open longer asks for its messages again when it is reloaded


class FileLinks:
    """`url`: where customers reach the handoff service; `inside`: where we do, if not there."""

    def __init__(self, url: str, service_key: str, inside: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._inside = (inside or url).rstrip("/")
        self._key = hmac.new(service_key.encode(), PURPOSE, hashlib.sha256).digest()

    @classmethod
    def from_environment(cls) -> "FileLinks":
        """By HANDOFF_PUBLIC_URL, else HANDOFF_URL, and HANDOFF_SERVICE_KEY."""
        inside = os.environ.get("HANDOFF_URL") or DEFAULT_URL
        url = os.environ.get("HANDOFF_PUBLIC_URL") or inside
        return cls(url, os.environ.get("HANDOFF_SERVICE_KEY", "").strip(), inside)

    def path(self, attachment_id: str, expires: int) -> str:
        signed = hmac.new(self._key, f"{attachment_id}.{expires}".encode(), hashlib.sha256).digest()
        signature = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
        return f"/files/{attachment_id}/{expires}/{signature}"

    def from_inside(self, attachment_id: str, now: float) -> str:
        """Where we fetch it ourselves: a server need not reach its own public address."""
        return self._inside + self.path(attachment_id, int(now) + SECONDS)

    def linked(self, attachment: dict[str, Any], now: float) -> dict[str, Any]:
        """The attachment with a link that works from now on for a while."""
        return {**attachment, "url": self._url + self.path(attachment["id"], int(now) + SECONDS)}

    def fresh(self, message: dict[str, Any], now: float) -> dict[str, Any]:
        """The message as a customer gets it at this moment."""
        if not message.get("attachments"):
            return message
        linked = [self.linked(each, now) for each in message["attachments"]]
        if message["author"] == "agent":
            linked = [_heard(each) for each in linked]
        return {**message, "attachments": linked}


def _heard(attachment: dict[str, Any]) -> dict[str, Any]:
    """With where it is listened to, if not at its own address."""
    sound = {"sound_url": f"{attachment['url']}/sound"} if attachment.get("type") == UNPLAYED else {}
    return {**attachment, **sound}
