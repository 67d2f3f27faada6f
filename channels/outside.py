"""Fetching from addresses that a provider's answer names, and never from within our own network.

What answers may be broken, or somebody else by now: it could have us read what only our own machines may.
"""

import ipaddress
import socket
from collections.abc import Callable, Collection
from typing import Any

import aiohttp
from yarl import URL


class Within(aiohttp.ClientError):
    """An address that is not fetched from."""


class Outside:
    """`own`: the address of the provider's interface, wherever that is. `hosts`: of the settings, further
    ones that may be within. `http` gives the session for these; there is one only while the server runs, from
    `open` to `close`. Raises ValueError."""

    def __init__(self, own: str, hosts: Collection[str], http: Callable[[], aiohttp.ClientSession]) -> None:
        if isinstance(hosts, str) or not all(isinstance(each, str) for each in hosts):
            raise ValueError("`file_hosts` must be a list of hosts")
        self._own = URL(own).origin()
        self._hosts = frozenset(hosts)
        self._http = http
        self._public: aiohttp.ClientSession | None = None

    def open(self, **options: Any) -> None:
        """`options`: of a session."""
        connector = aiohttp.TCPConnector(resolver=_PublicResolver())
        self._public = aiohttp.ClientSession(connector=connector, **options)

    async def close(self) -> None:
        if self._public is not None:
            await self._public.close()

    def towards(self, address: str) -> aiohttp.ClientSession:
        """What may fetch from there; it must not follow redirects. Raises Within."""
        try:
            url = URL(address)
            known = url.origin() == self._own or url.host in self._hosts
        except ValueError:
            raise Within("no address of a file") from None
        if known:
            return self._http()
        if url.scheme not in ("http", "https") or not _may_be_public(url.host or ""):
            raise Within("an address of our own network")
        assert self._public is not None
        return self._public


class _PublicResolver(aiohttp.ThreadedResolver):
    """Looks when the connection is made: a name may lead elsewhere each time it is asked for."""

    async def resolve(
        self, hostname: str, port: int = 0, family: int = socket.AF_INET
    ) -> list[dict[str, Any]]:
        found = await super().resolve(hostname, port, family)
        if public := [each for each in found if _may_be_public(each["host"])]:
            return public
        raise OSError("an address of our own network")


def _may_be_public(host: str) -> bool:
    """Also of a name, which is looked up later."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return True
    return address.is_global and not address.is_multicast
