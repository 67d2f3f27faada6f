"""Links to a file for who cannot log in: short-lived and signed.

The key follows from the service key, which the assistant's side has as well: a channel signs a fresh link
each time it shows a message, without asking (`channels/file_links.py`). Both are held to
`tests/contract/file_link.json`.
"""

import base64
import hashlib
import hmac

PURPOSE = b"baton file links 1"


def path(service_key: str, attachment_id: str, expires: int) -> str:
    """`/files/{id}/{expires}/{signature}`; `expires` in seconds since 1970."""
    return f"/files/{attachment_id}/{expires}/{_signature(service_key, attachment_id, expires)}"


def valid(service_key: str, attachment_id: str, expires: int, signature: str, now: float) -> bool:
    expected = _signature(service_key, attachment_id, expires)
    return hmac.compare_digest(expected.encode(), signature.encode()) and now < expires


def _signature(service_key: str, attachment_id: str, expires: int) -> str:
    key = hmac.new(service_key.encode(), PURPOSE, hashlib.sha256).digest()
    signed = hmac.new(key, f"{attachment_id}.{expires}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
