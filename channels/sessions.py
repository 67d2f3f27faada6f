"""`POST /session`, and whose token a call carries: a visitor of one of the sites, and their conversation."""

from collections.abc import Awaitable, Callable
from typing import Any

from sanic.request import Request

from channels.desk import DeskAway, DeskRefuses
from channels.durable import DurableInput
from channels.limits import new_visitors
from channels.refusals import InvalidToken, NotFound, OriginRefused, SlowDown, Unavailable
from channels.sites import InvalidCustomerTokenError, Site, Sites
from channels.visitors import InvalidTokenError, Visitor, Visitors
from channels.web import bearer

LANGUAGES = ("zh", "en")
MAX_LINK_TOKEN = 512


class Sessions:
    """`features` tells clients what this server can do beside taking and giving messages; `resume` gives the
    conversation that the link of a mail opens (see `Visits.resumed`); `named` takes a
    conversation and what the site calls its customer."""

    def __init__(
        self,
        channel: DurableInput,
        sites: Sites,
        features: Callable[[], dict[str, Any]],
        resume: Callable[[str], Awaitable[str]],
        named: Callable[[str, str], None],
    ) -> None:
        self._channel = channel
        self._sites = sites
        self._features = features
        self._resume = resume
        self._named = named
        self._new_visitors = new_visitors(channel.now)

    async def open(self, request: Request, payload: dict[str, Any]) -> dict[str, Any]:
        """The answer to `{site?, token? | customer_token? | resume?}`: without any, a new visitor."""
        name = None
        if payload.get("resume") is not None:
            self._admit(request)
            visitor = await self._resumed(payload["resume"])
            site = self._site_of(request, visitor)
        else:
            visitor, site, name = self._visitor(request, payload)
        conversation = self.conversation_of(visitor)
        self._channel.store.open_conversation(conversation)
        if name is not None:
            self._named(conversation, name)
        return {
            "token": visitor.token,
            "visitor": visitor.id,
            "last": self._channel.store.last_number(conversation),
            "site": {"name": site.name, "languages": list(LANGUAGES)},
            "features": self._features(),
        }

    def who(self, request: Request) -> tuple[Visitor, str]:
        """The caller and their conversation. Raises InvalidToken, OriginRefused."""
        visitor = self._recognise(bearer(request))
        self._site_of(request, visitor)
        return visitor, self.conversation_of(visitor)

    def conversation_of(self, visitor: Visitor) -> str:
        """The sender id, which is never the client's choice."""
        return f"{self._channel.name()}:{visitor.site}:{visitor.id}"

    def _visitor(self, request: Request, payload: dict[str, Any]) -> tuple[Visitor, Site, str | None]:
        """With the name that the site gives them."""
        if payload.get("customer_token") is None and payload.get("token") is not None:
            visitor = self._recognise(payload["token"])
            return visitor, self._site_of(request, visitor), None
        site = self._sites.get(payload.get("site"))
        if site is None:
            raise NotFound("there is no such site")
        _check_origin(request, site)
        visitors = Visitors(self._channel.store, self._channel.now)
        if payload.get("customer_token") is not None:
            try:
                who = site.vouched(payload["customer_token"], self._channel.now())
            except InvalidCustomerTokenError:
                raise InvalidToken("the site does not vouch for this customer (any more)") from None
            return visitors.welcome(site.name, who), site, who.name
        self._admit(request)
        return visitors.create(site.name), site, None

    def _admit(self, request: Request) -> None:
        """Raises SlowDown for an address that makes visitors, or tries links, without end."""
        if not self._new_visitors.allows(request.remote_addr or request.ip):
            raise SlowDown("too many new visitors from this address", retry_after=60)

    async def _resumed(self, token: object) -> Visitor:
        """Whose conversation the link of a mail opens, let in with a token of their own."""
        ended = "this link has expired; please go on here or write to us anew"
        if not isinstance(token, str) or not 1 <= len(token) <= MAX_LINK_TOKEN:
            raise InvalidToken(ended)
        try:
            channel, site, visitor = (await self._resume(token)).split(":", 2)
            if channel != self._channel.name():
                raise LookupError("a conversation of another channel")
            return Visitors(self._channel.store, self._channel.now).admit(visitor, site)
        except DeskAway:
            raise Unavailable("this did not work just now; please try again", retry_after=2) from None
        except (DeskRefuses, LookupError, ValueError):
            raise InvalidToken(ended) from None

    def _recognise(self, token: object) -> Visitor:
        try:
            return Visitors(self._channel.store, self._channel.now).recognise(token)
        except InvalidTokenError:
            raise InvalidToken("this session has ended; please start a new one") from None

    def _site_of(self, request: Request, visitor: Visitor) -> Site:
        site = self._sites.get(visitor.site)
        if site is None:  # no longer configured
            raise InvalidToken("this session has ended; please start a new one")
        _check_origin(request, site)
        return site


def _check_origin(request: Request, site: Site) -> None:
    if not site.allows(request.headers.get("origin")):
        raise OriginRefused("pages of this origin may not use this chat")
