"""The mail server and the sender as operators write them. Pure."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

type Security = Literal["none", "starttls", "tls"]
_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
EXAMPLE = "for example smtp+starttls://user:password@mail.example.com"


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    security: Security
    user: str | None
    password: str | None


def parse_smtp_url(url: str) -> Server:
    """`smtp://`, `smtp+starttls://` or `smtps://`, with user and password percent-encoded where needed.

    Raises ValueError, whose message never quotes the URL: it holds the password.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"should begin with smtp://, smtp+starttls:// or smtps://, {EXAMPLE}")
    security, usual = _SCHEMES[parts.scheme]
    try:
        port = parts.port or usual
    except ValueError:
        raise ValueError("its port is no number of a port") from None
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"should name a host and nothing behind it, {EXAMPLE}")
    user = unquote(parts.username) if parts.username else None
    return Server(parts.hostname, port, security, user, unquote(parts.password) if parts.password else None)


def parse_sender(text: str) -> Address:
    """`Name <address>`, or an address alone. Raises ValueError."""
    name, address = parseaddr(text)
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or not text.isprintable():
        raise ValueError("HANDOFF_MAIL_FROM should be a sender, for example Shop <help@example.com>")
    return Address(name, local, domain)
