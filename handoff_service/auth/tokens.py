"""Agents' tokens: JWTs that only this service signs and reads.

The clock is the caller's, so PyJWT's own look at the time is switched off and done here.
"""

import datetime as dt
from dataclasses import dataclass

import jwt

from handoff_service.settings import Settings

_ALGORITHM = "HS256"
_ISSUER = "baton"  # a token that another service signed with the same secret is not ours
_AUDIENCE = "desk"


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose token it is, and the fingerprint of the password it was given for."""

    agent_id: str
    fingerprint: str
    expires_at: dt.datetime


def issue(settings: Settings, agent_id: str, fingerprint: str, now: dt.datetime) -> str:
    return jwt.encode(
        {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": agent_id,
            "key": fingerprint,
            "iat": int(now.timestamp()),
            "exp": int((now + settings.token_lifetime).timestamp()),
        },
        settings.token_secret.get_secret_value(),
        algorithm=_ALGORITHM,
    )


def read(settings: Settings, token: str, now: dt.datetime) -> Claims | None:
    """The claims of a token that is ours, whole and not expired; else None."""
    try:
        payload = jwt.decode(
            token,
            settings.token_secret.get_secret_value(),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            audience=_AUDIENCE,
            options={"require": ["sub", "key", "exp"], "verify_exp": False, "verify_iat": False},
        )
        claims = Claims(
            payload["sub"], str(payload["key"]), dt.datetime.fromtimestamp(payload["exp"], dt.UTC)
        )
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError):
        return None
    return claims if claims.expires_at > now else None
