"""What the mail says: plain text, and the same as simple HTML. Pure."""

import datetime as dt
import html
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from handoff_service.mail.server import parse_sender
from handoff_service.texts.notices import LANGUAGES, notice


@dataclass(frozen=True, slots=True)
class Letter:
    """`to` is an address in ASCII; `answers` are who said what, in order."""

    id: str
    to: str
    language: str
    answers: tuple[tuple[str, str], ...]
    link: str
    link_days: int
    at: dt.datetime


def compose(letter: Letter, sender: str) -> EmailMessage:
    """Nothing that an agent or a customer wrote gets into a header."""
    language = letter.language if letter.language in LANGUAGES else "zh"
    address = parse_sender(sender)
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # not every server takes 8 bits
    message["From"] = address
    message["To"] = letter.to
    message["Subject"] = notice("mail_subject", language)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.id}@{address.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office note in answer, please
    message.set_content(_plain(letter, language))
    message.add_alternative(_html(letter, language), subtype="html")
    message["Content-Language"] = {"zh": "zh-CN", "en": "en"}[language]
    return message


def _plain(letter: Letter, language: str) -> str:
    said = "\n\n".join(f"{name}\n{text}" for name, text in letter.answers)
    return "\n\n".join(
        [
            notice("mail_opening", language),
            said,
            f"{notice('mail_link', language)}\n{letter.link}",
            notice("mail_closing", language, days=letter.link_days),
            "",
        ]
    )


def _html(letter: Letter, language: str) -> str:
    said = "".join(
        f"<p><strong>{html.escape(name)}</strong><br>{_lines(text)}</p>" for name, text in letter.answers
    )
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><body>'
        f"<p>{_lines(notice('mail_opening', language))}</p>"
        f"<blockquote>{said}</blockquote>"
        f'<p><a href="{html.escape(letter.link)}">{_lines(notice("mail_link", language))}</a></p>'
        f"<p>{_lines(notice('mail_closing', language, days=letter.link_days))}</p>"
        "</body></html>"
    )


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
