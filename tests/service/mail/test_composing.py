"""What the mail says, and that nothing anybody wrote can make it say something else to a mail program."""

import datetime as dt
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from handoff_service.mail.composing import Letter, compose
from handoff_service.mail.server import parse_sender, parse_smtp_url

SENDER = "百通商城 <help@shop.example.com>"
LINK = "https://shop.example.com/chat#resume=abc.def"


def letter(*answers: tuple[str, str], language: str = "zh", **given: Any) -> Letter:
    values: dict[str, Any] = {
        "id": "f00d",
        "to": "mei@example.com",
        "language": language,
        "answers": answers or (("小林", "包裹找到了"),),
        "link": LINK,
        "link_days": 7,
        "at": dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC),
    }
    return Letter(**{**values, **given})


def received(*answers: tuple[str, str], **given: Any) -> EmailMessage:
    """As it comes out at the other end."""
    raw = compose(letter(*answers, **given), SENDER).as_bytes()
    assert raw.isascii(), "not every server takes 8 bits"
    assert max(map(len, raw.splitlines())) <= 998
    return message_from_bytes(raw, policy=default)  # type: ignore[return-value]


def bodies(mail: EmailMessage) -> tuple[str, str]:
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    return plain.get_content(), page.get_content()


def test_the_headers() -> None:
    mail = received()

    assert str(mail["From"]) == "百通商城 <help@shop.example.com>"
    assert mail["To"] == "mei@example.com"
    assert mail["Subject"] == "您的留言有了回复"
    assert mail["Message-ID"] == "<f00d@shop.example.com>", "the same however often it is tried"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
    assert mail.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(("language", "subject"), [("zh", "回复"), ("en", "answered"), ("fr", "回复")])
def test_it_is_in_the_customers_language(language: str, subject: str) -> None:
    mail = received(("Lin", "Found it"), language=language)

    assert subject in mail["Subject"]
    for body in bodies(mail):
        assert "Found it" in body
        assert LINK in body
        assert "7" in body


def test_all_answers_are_in_one_mail_in_order() -> None:
    for body in bodies(received(("Lin", "first"), ("Mo", "second"))):
        assert body.index("Lin") < body.index("first") < body.index("Mo") < body.index("second")


def test_what_was_written_is_text_in_the_page_and_never_a_header() -> None:
    hostile = '<script>alert(1)</script>\r\nBcc: all@example.com\r\n\r\n<a href="javascript:x">y</a>'
    mail = received(("Lin\r\nBcc: x@example.com", hostile))
    plain, page = bodies(mail)

    assert sorted({name.lower() for name in mail.keys()}) == [  # noqa: SIM118  (a mail is no mapping)
        "auto-submitted",
        "content-language",
        "content-type",
        "date",
        "from",
        "message-id",
        "mime-version",
        "subject",
        "to",
    ]
    assert "<script" not in page
    assert page.count("<a ") == 1, "ours"
    assert "&lt;script&gt;" in page
    assert "<script>alert(1)</script>" in plain


@pytest.mark.parametrize("to", ["a@b.com\nBcc: x@y.com", "a@b.com\r\n\r\nhello"])
def test_an_address_with_a_line_break_never_becomes_a_mail(to: str) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(letter(to=to), SENDER)


@pytest.mark.parametrize(
    ("url", "host", "port", "security", "user", "password"),
    [
        ("smtp://localhost", "localhost", 25, "none", None, None),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, "none", None, None),
        ("smtp+starttls://u:p%40ss@mail.example.com", "mail.example.com", 587, "starttls", "u", "p@ss"),
        ("smtps://u%40example.com:p@mail.example.com/", "mail.example.com", 465, "tls", "u@example.com", "p"),
    ],
)
def test_the_server_as_operators_write_it(url, host, port, security, user, password) -> None:
    server = parse_smtp_url(url)

    assert (server.host, server.port, server.security) == (host, port, security)
    assert (server.user, server.password) == (user, password)


@pytest.mark.parametrize(
    "url", ["mail.example.com", "http://geheim@h", "smtp://", "smtp://u:geheim@h:x", "smtp://u:geheim@h/box"]
)
def test_a_server_that_is_none_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(ValueError, match=r"should|port") as refused:
        parse_smtp_url(url)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("sender", ["", "Shop", "Shop <help>", "a@b.com\nBcc: c@d.com", "@b.com"])
def test_a_sender_that_is_none_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match="HANDOFF_MAIL_FROM"):
        parse_sender(sender)
