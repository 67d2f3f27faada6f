"""The only client of the handoff service's `POST /api/v1/ingest`."""

import ipaddress
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from rasa_parts.spool import SpooledEvent

# A service that is up answers in milliseconds; a batch may meet a busy database.
CONNECT_SECONDS, READ_SECONDS = 2.0, 10.0

# These blame the request's content. Any other refusal (401, 404, 429, a redirect, 5xx) blames the set-up or
# the service: giving events up for it would lose conversations over a mistyped URL or key.
CONTENT_REFUSALS = frozenset({400, 413, 422})

_ANSWERS = frozenset({"stored", "duplicate", "rejected"})


class Unavailable(Exception):
    """The batch got no answer that settles it; the same batch has to be sent again."""


@dataclass(frozen=True)
class Accepted:
    """`answered`: ids of the events that are settled; `rejected`: id → reason for those not stored."""

    correlation_id: str
    answered: frozenset[int] = frozenset()
    rejected: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """The service refuses the batch as a whole for what is in it."""

    correlation_id: str
    reason: str


class IngestClient:
    """Sends batches over one kept connection. For use by one thread."""

    def __init__(
        self,
        base_url: str,
        service_key: str,
        *,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self.url = f"{base_url}/api/v1/ingest"
        self._timeout = timeout
        self._session = requests.Session()
        self._session.auth = _Bearer(service_key)
        # On the same machine a proxy from the environment could only be in the way.
        self._session.trust_env = not _is_loopback(base_url)

    def probe(self) -> None:
        """Sends an empty batch; raises `Unavailable` if the service does not take even that."""
        answer = self.send([])
        if isinstance(answer, Refused):
            raise Unavailable(f"it refuses even an empty batch: {answer.reason}")

    def send(self, events: Sequence[SpooledEvent]) -> Accepted | Refused:
        """Raises `Unavailable` for everything that may pass."""
        correlation_id = uuid.uuid4().hex
        try:
            response = self._session.post(
                self.url,
                data=_payload(events),
                headers={"Content-Type": "application/json", "X-Correlation-ID": correlation_id},
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Unavailable(str(error)) from error
        if response.status_code in CONTENT_REFUSALS:
            return Refused(correlation_id, f"HTTP {response.status_code}: {response.text[:500]}")
        if response.status_code != 200:
            hint = " (is HANDOFF_SERVICE_KEY right?)" if response.status_code == 401 else ""
            raise Unavailable(f"HTTP {response.status_code}{hint}")
        return _accepted(correlation_id, response)


class _Bearer(AuthBase):
    """Unlike a plain header, an auth object is not overwritten by an entry in ~/.netrc."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _payload(events: Sequence[SpooledEvent]) -> bytes:
    # Each body is a JSON object already; its id goes in front without parsing it again, since all
    # that this thread computes holds up Rasa's event loop.
    return (
        '{"events":[' + ",".join(f'{{"id":{event.id},{event.body[1:]}' for event in events) + "]}"
    ).encode()


def _accepted(correlation_id: str, response: requests.Response) -> Accepted:
    """Reads `{"results": [{"id", "status", "reason"}]}`; an answer of another shape settles nothing."""
    try:
        settled = {
            result["id"]: result for result in response.json()["results"] if result["status"] in _ANSWERS
        }
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable("its answer is not one of /ingest; is the URL right?") from error
    rejected = {id_: str(r.get("reason")) for id_, r in settled.items() if r["status"] == "rejected"}
    return Accepted(correlation_id, frozenset(settled), rejected)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
