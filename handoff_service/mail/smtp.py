"""One mail over SMTP, and what came of it. What servers answer is not kept: it may quote the address."""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from handoff_service.mail.server import Server

TIMEOUT = 10.0
"""Seconds for each step. A healthy server takes one at most; the whole of it ends well within the lease."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`retry`: the server may take it later. `refused`: the address is wrong. `failed`: no server would take
    this mail. `reason` is a short word and the server's code, fit for logs."""

    end: Literal["sent", "retry", "refused", "failed"]
    reason: str = ""


def deliver(server: Server, message: EmailMessage, *, sender: str, to: str) -> Outcome:
    """Blocks until the server has answered, at most some times `TIMEOUT`."""
    try:
        smtp = _connected(server)
        try:
            smtp.sendmail(sender, [to], message.as_bytes())
        finally:
            _part(smtp)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        return Outcome("refused" if code >= 500 else "retry", f"recipient {code}")
    except smtplib.SMTPAuthenticationError as error:
        return Outcome("retry", f"login {error.smtp_code}")  # the operator's to mend, and then it goes out
    except smtplib.SMTPSenderRefused as error:
        return Outcome("retry", f"sender {error.smtp_code}")
    except smtplib.SMTPDataError as error:
        return Outcome("failed" if error.smtp_code >= 500 else "retry", f"content {error.smtp_code}")
    except smtplib.SMTPResponseException as error:
        return Outcome("retry", f"answer {error.smtp_code}")
    except (smtplib.SMTPException, OSError) as error:
        return Outcome("retry", type(error).__name__)
    return Outcome("sent")


def _connected(server: Server) -> smtplib.SMTP:
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())  # raises where it is not offered
        if server.user is not None:
            smtp.login(server.user, server.password or "")
    except BaseException:
        smtp.close()
        raise
    return smtp


def _part(smtp: smtplib.SMTP) -> None:
    """Whatever becomes of the good-bye, the mail has been accepted or not before it."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()
