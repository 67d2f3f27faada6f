"""Every address that `channels/` opens to the network: how its callers sign, and what they send.

`APPS` are the servers that have them. WeChat is on two, plain and encrypted, since the address is the same.
"""

import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from channels.sites import DEFAULT_ORIGINS
from channels.wechat_crypto import MessageCipher, signature
from tests.assistant.raw_http import Sent
from tests.emulators import lanying, wechat, wecom, whatsapp

ORIGIN = DEFAULT_ORIGINS.split(",")[0]
SITE_SECRET = "a-secret-of-the-site-0123456789-abc"
REGISTRATION = "registration-key-of-32-characters"
ENVIRON = {"WEBCHAT_SECRET_DEFAULT": SITE_SECRET, "WEBCHAT_VISITORS_PER_MINUTE": "1000000"}
_ids = itertools.count(int(time.time()))


@dataclass(frozen=True)
class Webhook:
    """`signed`: a request with this body as its rightful caller sends it. `secrets`: the parameters and
    headers that prove who sends it (none: it is open to all), and whether the proof `covers` the body.
    `payloads`: what is sent, mostly with sense. `good`: another such request for each text, which `reaches`
    the assistant or not.

    `refused`: the answers to what is not signed. `left`: those to what is signed and makes no sense."""

    app: int
    method: str
    path: str
    signed: Callable[[bytes], Sent]
    good: Callable[[str], Sent]
    payloads: Sequence[Any] = ()
    secrets: frozenset[str] = frozenset()
    covers: bool = False
    reaches: bool = False
    refused: frozenset[int] = frozenset((401, 403))
    left: frozenset[int] = frozenset((400, 413))
    taken: frozenset[int] = frozenset((200,))

    @property
    def name(self) -> str:
        return f"{self.app} {self.method} {self.path}"

    @property
    def reads(self) -> bool:
        """Whether it takes a body."""
        return bool(self.payloads)


def apps(urls: Mapping[str, str]) -> list[list[tuple[str, dict[str, Any]]]]:
    """`urls`: where each provider's interface is."""
    of_wechat = {"app_id": wechat.APP_ID, "app_secret": wechat.SECRET, "token": wechat.TOKEN}
    of_wechat |= {"api": urls["wechat"], "customer_service": True}
    encrypted = {**of_wechat, "encoding_aes_key": wechat.AES_KEY}
    return [
        [
            ("channels.webchat.WebchatInput", {}),
            ("channels.whatsapp.WhatsAppInput", {
                "phone_number_id": whatsapp.NUMBER,
                "access_token": whatsapp.TOKEN,
                "app_secret": whatsapp.SECRET,
                "verify_token": whatsapp.VERIFY,
                "url": urls["whatsapp"],
            }),
            ("channels.wechat.WechatInput", {**of_wechat, "account": "plain"}),
            ("channels.wechat.MiniProgramInput", {**encrypted, "account": "mini"}),
            ("channels.wecom.WecomInput", {
                "corp_id": wecom.CORP,
                "secret": wecom.SECRET,
                "token": wecom.TOKEN,
                "encoding_aes_key": wecom.AES_KEY,
                "api": urls["wecom"],
                "on_enter": "/greet",
            }),
            ("channels.lanying.LanyingInput", {
                "app_id": lanying.APP,
                "access_token": lanying.TOKEN,
                "user_id": lanying.BOT,
                "callback_signature": lanying.SIGNATURE,
                "registration_key": REGISTRATION,
                "api": urls["lanying"],
            }),
        ],
        [("channels.wechat.WechatInput", {**encrypted, "account": "aes"})],
    ]  # fmt: skip


def table(token: str) -> list[Webhook]:
    """`token`: of a customer's session in the web chat."""
    return [*_webchat(token), *_whatsapp(), *_wechat(), *_wecom(), *_lanying()]


def _health(app: int, channel: str) -> Webhook:
    path = f"/webhooks/{channel}/"
    return Webhook(
        app, "GET", path, lambda body: Sent("GET", path, body=body), good=lambda _: Sent("GET", path)
    )


# -- web chat


def _webchat(token: str) -> list[Webhook]:
    base = "/webhooks/webchat/v1"
    origin = ("Origin", ORIGIN)

    def call(method: str, path: str, payloads: Sequence[Any], status: int = 204, **more: Any) -> Webhook:
        def signed(body: bytes) -> Sent:
            headers = (origin, ("Authorization", f"Bearer {token}"), ("Content-Type", "application/json"))
            return Sent(method, base + path, more.get("query", ()), headers, body)

        def good(words: str) -> Sent:
            payload = more["good"](words) if "good" in more else payloads[0] if payloads else None
            return signed(b"" if payload is None else json.dumps(payload).encode())

        return Webhook(
            *(0, method, base + path, signed, good, payloads),
            secrets=frozenset(("Authorization",)),
            reaches=more.get("reaches", False),
            refused=frozenset((401,)),
            left=frozenset((400, 404, 409, 413, 429)),
            taken=frozenset((status,)),
        )

    def says(words: str) -> dict[str, Any]:
        return {"client_id": f"c{next(_ids)}", "text": words}

    claims = {"sub": "mei", "exp": time.time() + 3600, "name": "Mei"}
    session = call("POST", "/session", [{}, {"site": "default"}, {"token": token}], 200)
    vouched = [{"site": "default", "customer_token": _vouched(claims)}, {"resume": "x" * 43}]
    payloads = [*session.payloads, *vouched]
    return [
        _health(0, "webchat"),
        replace(session, payloads=payloads, secrets=frozenset(), left=session.left | {200, 401}),
        call("POST", "/messages", [says("x"), {**says("x"), "attachments": ["f1"]},
             {"client_id": "y", "feedback": {"message": "m", "solved": False}},
             {"client_id": "z", "payload": "/greet"}], 202, good=says, reaches=True),
        call("GET", "/messages", (), 200, query=(("after", "0"), ("wait", "0"))),
        call("GET", "/events", (), 200, query=(("after", "0"),)),
        call("POST", "/received", [{"number": 1}]),
        call("POST", "/read", [{"number": 1}]),
        call("POST", "/typing", [{}]),
        call("POST", "/choice", [{"choice": "bot"}]),
        call("POST", "/rating", [{"id": "r1", "score": 5, "comment": "good"}]),
        call("POST", "/message", [{"client_id": "l", "text": "call me", "email": "mei@example.org"}], 202),
        call("POST", "/uploads", ["a file"], 201, query=(("client_id", "u1"), ("name", "a.txt"))),
    ]  # fmt: skip


def _vouched(claims: Mapping[str, Any]) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    signed = hmac.new(SITE_SECRET.encode(), payload, hashlib.sha256).digest()
    return f"{payload.decode()}.{base64.urlsafe_b64encode(signed).rstrip(b'=').decode()}"


# -- WhatsApp


def _whatsapp() -> list[Webhook]:
    path = "/webhooks/whatsapp/webhook"
    meta = whatsapp.Cloud()
    lin = whatsapp.Person("林", phone="8613800000001", user_id="CN.1")

    def signed(body: bytes) -> Sent:
        proof = "sha256=" + hmac.new(whatsapp.SECRET.encode(), body, hashlib.sha256).hexdigest()
        return Sent(
            "POST", path, (), (("X-Hub-Signature-256", proof), ("Content-Type", "application/json")), body
        )

    def text(words: str) -> Sent:
        person = whatsapp.Person("Ann", user_id="US.2")
        return signed(json.dumps(meta.webhook(person, _new(meta.text(words)))).encode())

    contents = [
        ("text", {"body": "你好"}),
        ("image", {"id": "gone", "mime_type": "image/jpeg", "sha256": "x", "caption": "c"}),
        ("document", {"id": "gone", "mime_type": "text/plain", "filename": "a.txt"}),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "/greet", "title": "Hi"}}),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "1", "title": "x", "description": "y"}}),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": '{"a": 1}'}}),
        ("button", {"text": "Yes", "payload": "yes"}),
        ("location", {"latitude": 1.5, "longitude": -2.0, "name": "n", "address": "a"}),
        (
            "order",
            {"text": "t", "product_items": [{"product_retailer_id": "p", "quantity": 1, "item_price": 2}]},
        ),
        ("edit", {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "now"}}}),
        ("revoke", {"original_message_id": "wamid.1"}),
        ("reaction", {"message_id": "wamid.1", "emoji": "👍"}),
        ("system", {"type": "user_changed_number", "wa_id": "8613900000000"}),
        ("unsupported", None),
    ]
    messages = [meta.message(kind, content, context={"id": "wamid.0"}) for kind, content in contents]
    cards = [{"name": {"formatted_name": "A"}, "phones": [{"phone": "1"}], "emails": [{"email": "e"}]}]
    messages.append(meta.message("contacts", None, contacts=cards))
    payloads = [meta.webhook(lin, message) for message in messages]
    payloads.append(meta.webhook(lin, *messages))
    payloads.append(
        meta.webhook(None, statuses=[meta.status("w", "failed", 131047), meta.status("w", "read")])
    )
    shake = (("hub.mode", "subscribe"), ("hub.verify_token", whatsapp.VERIFY), ("hub.challenge", "77"))
    return [
        _health(0, "whatsapp"),
        Webhook(
            *(0, "GET", path, lambda body: Sent("GET", path, shake, body=body)),
            good=lambda _: Sent("GET", path, shake),
            secrets=frozenset(("hub.verify_token",)),
            refused=frozenset((403,)),
        ),
        Webhook(
            *(0, "POST", path, signed, text, payloads),
            secrets=frozenset(("X-Hub-Signature-256",)),
            covers=True,
            reaches=True,
            refused=frozenset((401,)),
            left=frozenset((200, 413)),
        ),
    ]


def _new(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "id": f"wamid.good.{next(_ids)}"}


# -- WeChat


def _wechat() -> list[Webhook]:
    kinds: list[dict[str, str]] = [
        {"MsgType": "text", "Content": "你好", "bizmsgmenuid": "1"},
        {"MsgType": "image", "MediaId": "gone", "PicUrl": "http://127.0.0.1:1/x"},
        {"MsgType": "voice", "MediaId": "gone", "Format": "amr"},
        {"MsgType": "location", "Location_X": "1", "Location_Y": "2", "Label": "l"},
        {"MsgType": "link", "Title": "t", "Description": "d", "Url": "u"},
        {"MsgType": "miniprogrampage", "Title": "t", "PagePath": "p"},
        {"MsgType": "event", "Event": "subscribe", "EventKey": ""},
        {"MsgType": "event", "Event": "CLICK", "EventKey": "/greet"},
        {"MsgType": "event", "Event": "SCAN", "EventKey": "1"},
        {"MsgType": "event", "Event": "unsubscribe"},
        {"MsgType": "event", "Event": "user_enter_tempsession", "SessionFrom": "page"},
    ]
    sender = {"ToUserName": wechat.ACCOUNT, "FromUserName": wechat.LIN, "CreateTime": str(int(time.time()))}
    payloads = [{**sender, **kind, "MsgId": str(next(_ids))} for kind in kinds]
    cipher = MessageCipher(wechat.AES_KEY, wechat.APP_ID)
    found = []
    for app, channel, encrypted in ((0, "wechat", None), (0, "wechat_mini", cipher), (1, "wechat", cipher)):
        found += [
            _health(app, channel),
            *_tencent(app, channel, wechat.TOKEN, encrypted, payloads, _wechat_text),
        ]
    return found


def _wechat_text(words: str) -> bytes:
    given = {"ToUserName": wechat.ACCOUNT, "FromUserName": "o-good", "CreateTime": "1", "MsgType": "text"}
    return written({**given, "Content": words, "MsgId": str(next(_ids))})


def written(fields: Mapping[str, str]) -> bytes:
    inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode()


def _tencent(
    app: int,
    channel: str,
    token: str,
    cipher: MessageCipher | None,
    payloads: Sequence[Mapping[str, str]],
    good: Callable[[str], bytes],
) -> list[Webhook]:
    """WeChat's and WeCom's webhook, and the test of its address."""
    path = f"/webhooks/{channel}/webhook"

    def proof(*sealed: str) -> list[tuple[str, str]]:
        timestamp, nonce = str(int(time.time())), f"n{next(_ids)}"
        name = "msg_signature" if sealed else "signature"
        return [
            ("timestamp", timestamp),
            ("nonce", nonce),
            (name, signature(token, timestamp, nonce, *sealed)),
        ]

    def signed(body: bytes) -> Sent:
        if cipher is None:
            return Sent("POST", path, proof(), (), body)
        sealed = cipher.seal(body)
        outer = {"Encrypt": sealed}  # what else is there is not signed
        as_json = body.lstrip()[:1] == b"{"
        return Sent(
            "POST", path, proof(sealed), (), json.dumps(outer).encode() if as_json else written(outer)
        )

    def shake(echo: bytes) -> Sent:
        sealed = cipher.seal(echo) if cipher and channel == "wecom" else ""
        query = proof(sealed) if sealed else proof()
        return Sent("GET", path, [*query, ("echostr", sealed or "echo")])

    secrets = frozenset(("signature", "msg_signature", "timestamp", "nonce"))
    refused = frozenset((403,))
    return [
        Webhook(app, "GET", path, shake, lambda _: shake(b"echo"), secrets=secrets, refused=refused),
        Webhook(
            *(app, "POST", path, signed, lambda words: signed(good(words)), payloads, secrets),
            covers=cipher is not None,
            reaches=channel != "wecom",  # where what is said is fetched
            refused=refused,
            left=frozenset((200, 403, 413)),
        ),
    ]


def _wecom() -> list[Webhook]:
    bell = {"ToUserName": wecom.CORP, "CreateTime": "1", "MsgType": "event", "Event": "kf_msg_or_event"}
    bell |= {"Token": "t", "OpenKfId": wecom.ACCOUNT}
    cipher = MessageCipher(wecom.AES_KEY, wecom.CORP)
    return [_health(0, "wecom"), *_tencent(0, "wecom", wecom.TOKEN, cipher, [bell], lambda _: written(bell))]


# -- 蓝莺IM


def _lanying() -> list[Webhook]:
    path, users = "/webhooks/lanying/callback", "/webhooks/lanying/users"

    def signed(body: bytes) -> Sent:
        return Sent("POST", path, (), (("signature", lanying.SIGNATURE),), body)

    def event(sender: int = lanying.LIN, **more: Any) -> dict[str, Any]:
        parties = {"from": {"uid": str(sender)}, "to": {"uid": str(lanying.BOT)}}
        common = {"appId": lanying.APP, "msgId": str(next(_ids)), "type": "CHAT", "ctype": "TEXT"}
        return {**common, **parties, "content": "hello", "ext": "", "config": "", "attachment": "", **more}

    def registers(body: bytes) -> Sent:
        return Sent("POST", users, (), (("Authorization", f"Bearer {REGISTRATION}"),), body)

    attachment = json.dumps({"url": "https://x.example/file/download/chat?file_sign=s", "dName": "a.png"})
    payloads = [
        event(),
        event(ext=json.dumps({"ai": {"role": "user"}, "baton": {"payload": "/greet"}})),
        event(ctype="IMAGE", attachment=attachment),
        event(ctype="LOCATION", attachment=json.dumps({"addr": "here"})),
        event(content="我想转人工客服"),
        event(type="READ_ACK", relatedMid="7"),
        event(type="RECALL", relatedMid="7"),
        event(type="REPLACE", relatedMid="7", content="now"),
        event(ext=json.dumps({"input_status": "typing"})),
    ]
    return [
        _health(0, "lanying"),
        Webhook(
            *(0, "POST", path, signed),
            good=lambda words: signed(json.dumps(event(lanying.OTHER_BOT, content=words)).encode()),
            payloads=payloads,
            secrets=frozenset(("signature",)),
            reaches=True,
            refused=frozenset((401,)),
            left=frozenset((200, 400, 403, 413)),
        ),
        Webhook(
            *(0, "POST", users, registers),
            good=lambda words: registers(json.dumps({"customer_id": words}).encode()),
            payloads=[{"customer_id": "a@b.example", "name": "Mei"}],
            secrets=frozenset(("Authorization",)),
            refused=frozenset((401,)),
            left=frozenset((200, 400, 413)),
        ),
    ]
