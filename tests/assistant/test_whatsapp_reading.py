"""What WhatsApp's webhooks say, held against pywa's reading of the same."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from pywa import WhatsApp, types

from channels import whatsapp_reading as reading
from tests.emulators.whatsapp import NUMBER, Cloud, Person

LIN = Person("林", phone="8613800000000", user_id="CN.13491208655302741918")
cloud = Cloud()
PYWA = WhatsApp(phone_id=NUMBER, token="x")


def both(parser: Any, person: Person | None, message: dict[str, Any]) -> tuple[Any, Any, Any]:
    """pywa's reading of a webhook with that message; our value and message."""
    webhook = cloud.webhook(person, message)
    (value,) = reading.values(webhook)
    (ours,) = reading.messages(value)
    return parser.from_update(PYWA, webhook), value, ours


def test_a_text_and_who_wrote_it():
    theirs, value, ours = both(types.Message, LIN, cloud.text("订单到哪了？ 😀"))
    taken, person = reading.incoming(ours), reading.sender(value, ours)
    assert (taken.id, taken.text) == (theirs.id, theirs.text)
    assert (person.phone, person.user_id, person.name) == (
        theirs.from_user.wa_id,
        theirs.from_user.bsuid,
        theirs.from_user.name,
    )
    assert reading.time_of(ours) == theirs.timestamp.timestamp()


def test_who_has_a_user_name_shows_no_number():
    person = Person("Ann", user_id="US.13491208655302741918")
    theirs, value, ours = both(types.Message, person, cloud.text("hi"))
    assert reading.sender(value, ours) == reading.Person(theirs.from_user.bsuid, None, "Ann")
    assert theirs.from_user.wa_id is None


@pytest.mark.parametrize("kind", ["image", "video", "audio", "document", "sticker"])
def test_files(kind):
    content = {"id": "9", "mime_type": "application/pdf", "sha256": "x"}
    content |= {"animated": False} if kind == "sticker" else {}
    content |= {"voice": True} if kind == "audio" else {}
    content |= {"filename": "发票.pdf"} if kind == "document" else {}
    content |= {"caption": "see"} if kind in ("image", "video", "document") else {}
    theirs, _, ours = both(types.Message, LIN, cloud.message(kind, content))
    taken = reading.incoming(ours)
    (file,) = taken.media
    assert (file.ref, file.type) == (getattr(theirs, kind).id, getattr(theirs, kind).mime_type)
    assert file.name == ("发票.pdf" if kind == "document" else f"{kind}.pdf")
    assert taken.text == (theirs.caption or "")


def test_buttons_and_list_rows():
    reply = {"type": "button_reply", "button_reply": {"id": "/ask_refund", "title": "退款"}}
    theirs, _, ours = both(types.CallbackButton, LIN, cloud.message("interactive", reply))
    taken = reading.incoming(ours)
    assert (taken.payload, taken.text) == (theirs.data, theirs.title)
    row = {"type": "list_reply", "list_reply": {"id": "/a", "title": "A", "description": "d"}}
    context = {"context": {"from": "15550783881", "id": "wamid.x"}}
    theirs, _, ours = both(types.CallbackSelection, LIN, cloud.message("interactive", row, **context))
    taken = reading.incoming(ours)
    assert (taken.payload, taken.text) == (theirs.data, theirs.title)
    assert taken.metadata["quotes"] == theirs.reply_to_message.id
    quick = {"payload": "yes", "text": "Yes please"}
    theirs, _, ours = both(types.CallbackButton, LIN, cloud.message("button", quick))
    taken = reading.incoming(ours)
    assert (taken.payload, taken.text) == (theirs.data, theirs.title)


@pytest.mark.parametrize(
    ("kind", "content", "shown"),
    [
        (
            "location",
            {"latitude": 31.2, "longitude": 121.5, "name": "外滩", "address": "中山东一路"},
            "（位置 · Location）外滩 · 中山东一路\nhttps://maps.google.com/?q=31.2,121.5",
        ),
        (
            "contacts",
            [{"name": {"formatted_name": "Ann"}, "phones": [{"phone": "+1 555", "type": "CELL"}]}],
            "（名片 · Contact）Ann · +1 555",
        ),
        (
            "order",
            {
                "catalog_id": "1",
                "text": "",
                "product_items": [
                    {"product_retailer_id": "TEA", "quantity": 2, "item_price": 30, "currency": "CNY"}
                ],
            },
            "（订单 · Order）\nTEA × 2 (30 CNY)",
        ),
        (
            "unsupported",
            None,
            "（无法显示的 WhatsApp 消息 · A WhatsApp message that cannot be shown: unsupported）",
        ),
        (
            "hologram",
            {"x": 1},
            "（无法显示的 WhatsApp 消息 · A WhatsApp message that cannot be shown: hologram）",
        ),
    ],
)
def test_what_has_no_words_is_shown_as_what_it_is(kind, content, shown):
    errors = {"errors": [{"code": 131051, "title": "x"}]} if kind == "unsupported" else {}
    message = cloud.message(kind, content, **errors)
    taken = reading.incoming({**LIN.origin(), **message})
    assert (taken.text, taken.shown) == ("", shown)
    if kind in ("unsupported", "hologram"):
        assert json.loads(taken.metadata["unknown"])["id"] == message["id"]


def test_edits_revocations_and_reactions():
    new = {"type": "text", "text": {"body": "订单 124"}}
    edit = cloud.message("edit", {"original_message_id": "wamid.1", "message": new})
    theirs, _, ours = both(types.EditedMessage, LIN, edit)
    assert (reading.original(ours), reading.edited(ours)) == (theirs.original_message_id, theirs.message.text)
    gone = cloud.message("revoke", {"original_message_id": "wamid.1"})
    theirs, _, ours = both(types.DeletedMessage, LIN, gone)
    assert reading.original(ours) == theirs.original_message_id
    theirs, _, ours = both(types.Message, LIN, cloud.message("reaction", {"message_id": "w", "emoji": "👍"}))
    assert reading.reaction(ours) == theirs.reaction.emoji


def test_a_new_number_and_a_new_id():
    system = {"type": "user_changed_number", "body": "x", "wa_id": "8613900000000"}
    theirs, _, ours = both(
        types.PhoneNumberChange, None, cloud.message("system", system, **{"from": LIN.phone})
    )
    change = reading.renumbering(ours)
    assert change is not None
    assert (change.old.phone, change.new.phone) == (theirs.old_wa_id, theirs.new_wa_id)
    system = {"type": "user_changed_user_id", "body": "x", "previous_user_id": "CO.1", "user_id": "MX.2"}
    assert reading.renumbering(cloud.message("system", system)) == reading.Renumbering(
        reading.Person("CO.1", None), reading.Person("MX.2", None)
    )
    assert reading.renumbering(cloud.message("system", {"type": "customer_identity_changed"})) is None


def test_statuses():
    failed = cloud.status("wamid.9", "failed", 131047, biz_opaque_callback_data="k")
    webhook = cloud.webhook(LIN, statuses=[failed])
    theirs = types.MessageStatus.from_update(PYWA, webhook)
    (ours,) = reading.statuses(next(reading.values(webhook)))
    assert (ours.id, ours.state, ours.code, ours.key) == (
        theirs.id,
        theirs.status.value,
        theirs.error.code,
        theirs.tracker,
    )


@pytest.mark.parametrize(
    "body",
    [None, 1, [], {}, {"entry": 1}, {"entry": [1, {"changes": [2, {"field": "messages", "value": 3}]}]}],
)
def test_nothing_is_read_of_what_makes_no_sense(body):
    for value in reading.values(body):
        assert reading.messages(value) == reading.statuses(value) == []


def test_nonsense_in_a_message_is_kept_and_costs_nobody_else():
    for content in (None, 1, "x", [], {"body": 1}, {"id": {}}, {"button_reply": []}):
        for kind in ("text", "image", "interactive", "button", "location", "contacts", "order", "edit", 7):
            message = {"id": "wamid.1", "type": kind, str(kind): content}
            taken = reading.incoming(message)
            assert taken.id == "wamid.1"
            assert taken.text or taken.shown or taken.media
            reading.edited(message), reading.original(message), reading.renumbering(message)


def test_the_signature_is_of_the_bytes_as_they_came():
    """The vector was computed with another implementation (openssl dgst -sha256 -hmac)."""
    raw = b'{"object":"whatsapp_business_account","entry":[]}'
    expected = "bb44c42e097da122b65af00b26fd8c0a9080c18f1a44af50ff59d2001195117e"
    assert hmac.new(b"dev-app-secret", raw, hashlib.sha256).hexdigest() == expected
