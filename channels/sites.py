"""The sites that a web chat serves: whose pages may call, and who may vouch for customers.

A site's own server may sign who is logged in there: a customer token,
`base64url(JSON) + "." + base64url(HMAC-SHA256(secret, first part))` with `{sub, exp}` in the JSON. The same
`sub` is the same customer on every device.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.content import outside_json

DEFAULT_ORIGINS = "http://127.0.0.1:8000,http://localhost:8000"
MIN_SECRET = 32  # characters: a guessable secret would let anybody be anybody
_MAX_TOKEN = 4_096
_MAX_SUB = 200
_MAX_NAME = 200
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


class InvalidCustomerTokenError(Exception):
    """Not signed by this site, expired, or not as described."""


@dataclass(frozen=True)
class Vouched:
    """Who a site says the customer is. `key` stands for `sub`, which may be an e-mail address, in ids.
    `name`: what people call them, if the site says it."""

    key: str
    expires_at: float
    name: str | None


@dataclass(frozen=True)
class Site:
    name: str
    origins: frozenset[str]
    secret: bytes | None = None

    def allows(self, origin: str | None) -> bool:
        """Programs that are no pages name no origin; what they may do is the token's to say."""
        return origin is None or origin in self.origins

    def vouched(self, token: object, now: float) -> Vouched:
        """Raises InvalidCustomerTokenError."""
        if self.secret is None or not isinstance(token, str) or len(token) > _MAX_TOKEN:
            raise InvalidCustomerTokenError
        signed, _, signature = token.partition(".")
        expected = hmac.new(self.secret, signed.encode("utf-8", "replace"), hashlib.sha256).digest()
        if not hmac.compare_digest(_decoded(signature), expected):
            raise InvalidCustomerTokenError
        try:
            claims = outside_json(_decoded(signed))
        except ValueError:
            raise InvalidCustomerTokenError from None
        sub, exp = (claims.get("sub"), claims.get("exp")) if isinstance(claims, dict) else (None, None)
        known = isinstance(sub, str) and 1 <= len(sub) <= _MAX_SUB
        if not known or isinstance(exp, bool) or not isinstance(exp, int | float) or not now < exp < 1e12:
            raise InvalidCustomerTokenError
        named = f"{self.name}\x00{sub}".encode("utf-8", "surrogatepass")
        return Vouched("u" + hashlib.sha256(named).hexdigest()[:32], float(exp), _name(claims.get("name")))


class Sites:
    """All sites of a connector, by name; `default` is whose a client is that names none."""

    def __init__(self, sites: Mapping[str, Site], default: str) -> None:
        self._sites = dict(sites)
        self._default = default

    @classmethod
    def configured(
        cls, default: str, given: Mapping[str, Any] | None, environ: Mapping[str, str] = os.environ
    ) -> "Sites":
        """`given` is `{name: {origins: [...]}}` of credentials.yml. Raises ValueError for what cannot be.

        The default site needs no entry: its origins are WEBCHAT_ALLOWED_ORIGINS. Secrets come from the
        environment alone, WEBCHAT_SECRET_<NAME>.
        """
        sites = {}
        variables: dict[str, str] = {}
        for name, options in {default: None, **(given or {})}.items():
            if not _NAME.fullmatch(str(name)):
                raise ValueError("webchat: a site's name must be 1 to 32 letters, digits, '-' or '_'")
            origins = (options or {}).get("origins")
            if origins is None and name == default:
                origins = (environ.get("WEBCHAT_ALLOWED_ORIGINS") or DEFAULT_ORIGINS).split(",")
            if not isinstance(origins, list):
                raise ValueError(f"webchat: the site {name} needs a list of `origins`")
            variable = f"WEBCHAT_SECRET_{str(name).upper().replace('-', '_')}"
            if variable in variables:
                raise ValueError(
                    f"webchat: the sites {variables[variable]} and {name} would share the secret {variable};"
                    " give one of them another name"
                )
            variables[variable] = str(name)
            secret = environ.get(variable, "")
            if secret and len(secret) < MIN_SECRET:
                raise ValueError(
                    f"webchat: the secret of the site {name} has less than {MIN_SECRET} characters"
                )
            cleaned = frozenset(str(each).strip().rstrip("/") for each in origins if str(each).strip())
            sites[str(name)] = Site(str(name), cleaned, secret.encode() or None)
        return cls(sites, default)

    def get(self, name: object = None) -> Site | None:
        return self._sites.get(self._default if name is None else name) if _hashable(name) else None

    def allow(self, origin: str) -> bool:
        """Whether any site has pages of this origin."""
        return any(origin in site.origins for site in self._sites.values())


def _name(given: object) -> str | None:
    """A name on one line; what is none costs the customer nothing but their name."""
    line = " ".join(given.split()) if isinstance(given, str) else ""
    return line if 1 <= len(line) <= _MAX_NAME else None


def _hashable(name: object) -> bool:
    return name is None or isinstance(name, str)


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
