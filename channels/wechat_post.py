"""What WeChat posts: checked, decrypted and read; and how it is answered at once. Pure but for the clock."""

import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import XMLParser

from channels.content import outside_json
from channels.wechat_crypto import MessageCipher, NotOurs, is_signed, signature

logger = logging.getLogger(__name__)

# WeChat repeats for a few seconds; what is older is somebody else's repetition. The plain form's signature
# does not even cover the body.
FRESH_SECONDS = 600.0
_MOST_ELEMENTS = 500  # the longest, an event about pictures, has some dozens
_CUSTOMER = re.compile(r"[A-Za-z0-9_@-]{1,128}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Post(dict[str, str]):
    """The fields of one message or event, by the names that WeChat gives them. `json`: it came as JSON."""

    json = False

    def __missing__(self, _name: str) -> str:
        return ""

    @property
    def customer(self) -> str:
        """The openid; empty where there is none that could be one."""
        return self["FromUserName"] if _CUSTOMER.fullmatch(self["FromUserName"]) else ""

    @property
    def id(self) -> str:
        """The same when it is posted again."""
        return self["MsgId"] or f"{self['FromUserName']} {self['CreateTime']} {self['Event']}"


def fields(body: bytes) -> Post:
    """Those of XML or JSON; what is nested is left out. Raises ValueError."""
    if body.lstrip()[:1] == b"{":
        read = outside_json(body)
        post = Post(
            {name: str(value) for name, value in read.items() if isinstance(value, str | int | float)}
        )
        post.json = True
        return post
    parser = XMLParser(target=_Fields(), forbid_dtd=True)
    try:
        parser.feed(body)
        return parser.close()
    except (ParseError, LookupError) as error:
        raise ValueError("neither XML nor JSON") from error


class _Fields:
    """What the parser calls. No tree is built: one of a body full of elements takes a hundred times its size,
    and it is read before anybody knows who sent it."""

    def __init__(self) -> None:
        self._found = Post()
        self._elements = self._depth = 0
        self._text: list[str] | None = None  # of the field that is being read; None in what is nested

    def start(self, _name: str, _attributes: object) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise ValueError("more elements than any message has")
        self._depth += 1
        self._text = [] if self._depth == 2 else None

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, name: str) -> None:
        if self._text is not None:
            self._found[name] = "".join(self._text)
        self._text = None
        self._depth -= 1

    def close(self) -> Post:
        return self._found


class WechatPost:
    """`token`, `encoding_aes_key`: as in WeChat's console; with a key, only what is encrypted is taken."""

    def __init__(
        self, token: str, app_id: str, encoding_aes_key: str | None, now: Callable[[], float]
    ) -> None:
        self._token = token
        self._cipher = MessageCipher(encoding_aes_key, app_id) if encoding_aes_key else None
        self._now = now

    def is_signed(self, query: Mapping[str, Any]) -> bool:
        """A request without a body, or with a plain one."""
        return self._signed(query, query.get("signature"))

    def echo(self, query: Mapping[str, Any]) -> bytes | None:
        """What an encrypted test of the address has to be answered with; None where it is not Tencent's."""
        encrypted = query.get("echostr", "")
        if self._cipher is None or not self._signed(query, query.get("msg_signature"), encrypted):
            return None
        try:
            return self._cipher.open(encrypted)
        except NotOurs:
            return None

    def opened(self, query: Mapping[str, Any], body: bytes) -> Post | None:
        """None where it is not WeChat's, or nothing that can be read."""
        try:
            if self._cipher is None:
                post = fields(body) if self.is_signed(query) else None
                if post and post["Encrypt"] and not post["MsgType"]:
                    logger.warning("what is posted is encrypted, and encoding_aes_key is not set")
                    return None
                return post
            encrypted = fields(body)["Encrypt"]
            if not encrypted or not self._signed(query, query.get("msg_signature"), encrypted):
                return None
            return fields(self._cipher.open(encrypted))
        except (ValueError, NotOurs):
            return None

    def reply(self, post: Post, text: str) -> bytes:
        """A text that the customer gets as the answer to what they sent."""
        given = {
            "ToUserName": post["FromUserName"],
            "FromUserName": post["ToUserName"],
            "CreateTime": str(int(self._now())),
            "MsgType": "text",
            "Content": text,
        }
        plain = _written(given, post.json)
        if self._cipher is None:
            return plain
        encrypted, timestamp, nonce = self._cipher.seal(plain), given["CreateTime"], secrets.token_hex(8)
        signed = signature(self._token, timestamp, nonce, encrypted)
        sealed = {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": timestamp, "Nonce": nonce}
        return _written(sealed, post.json)

    def _signed(self, query: Mapping[str, Any], given: str | None, *more: str) -> bool:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        fresh = timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13
        if not given or not fresh or abs(self._now() - int(timestamp)) > FRESH_SECONDS:
            return False
        return is_signed(given, self._token, timestamp, nonce, *more)


def _written(given: Mapping[str, str], as_json: bool) -> bytes:
    if as_json:
        return json.dumps(given, ensure_ascii=False).encode()
    inside = "".join(f"<{name}><![CDATA[{_cdata(value)}]]></{name}>" for name, value in given.items())
    return f"<xml>{inside}</xml>".encode()


def _cdata(value: str) -> str:
    return _NOT_XML.sub("\ufffd", value).replace("]]>", "]]]]><![CDATA[>")
