"""The link in a mail: a signed token that leads its customer, and nobody else, back into the conversation.

It names the mail and nothing more. It is good for `mail_link_lifetime`, and once it has been used for
`AFTER_USE` only: long enough to go on from the phone to the desk, too short to be of use in an old mailbox.
"""

import datetime as dt

import jwt

from handoff_service.errors import NotFound
from handoff_service.models import Mail
from handoff_service.settings import Settings
from handoff_service.unit import Unit

AFTER_USE = dt.timedelta(hours=24)
_ALGORITHM = "HS256"
_ISSUER = "baton"
_AUDIENCE = "visit"  # an agent's token opens no visit, and this one no desk


class LinkExpired(NotFound):
    title = "This link has expired"


def link(settings: Settings, mail_id: str, now: dt.datetime) -> str:
    """The token is in the fragment, which browsers send to no server and so no server logs."""
    return f"{settings.chat_page}#resume={_token(settings, mail_id, now)}"


def redeem(unit: Unit, token: str) -> str:
    """The sender whose conversation the link opens. Raises `LinkExpired`, whatever is wrong with it."""
    mail_id = _mail_id(unit.settings, token, unit.now)
    mail = unit.session.get(Mail, mail_id) if mail_id else None
    if mail is None or (mail.link_used_at is not None and unit.now >= mail.link_used_at + AFTER_USE):
        raise LinkExpired()
    if mail.link_used_at is None:
        mail.link_used_at = unit.now
        unit.audit("mail.link_used", mail.conversation_id, mail_id=mail.id)
    return mail.sender_id


def _token(settings: Settings, mail_id: str, now: dt.datetime) -> str:
    return jwt.encode(
        {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": mail_id,
            "exp": int((now + settings.mail_link_lifetime).timestamp()),
        },
        settings.token_secret.get_secret_value(),
        algorithm=_ALGORITHM,
    )


def _mail_id(settings: Settings, token: str, now: dt.datetime) -> str | None:
    try:
        claims = jwt.decode(
            token,
            settings.token_secret.get_secret_value(),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            audience=_AUDIENCE,
            options={"require": ["sub", "exp"], "verify_exp": False},  # the clock is the caller's
        )
        expires_at = dt.datetime.fromtimestamp(claims["exp"], dt.UTC)
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError):
        return None
    return str(claims["sub"]) if expires_at > now else None
