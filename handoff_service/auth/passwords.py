"""Passwords are kept as argon2id hashes. Checking one takes the same work for an unknown account."""

import hashlib

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """The library's defaults (RFC 9106, low memory) unless a test passes a cheaper `PasswordHasher`."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys = self._hasher.hash("the password of an account that does not exist")

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, password: str, password_hash: str | None) -> bool:
        """`password_hash` is None for an unknown account: then the work is done, and the answer is no."""
        try:
            right = self._hasher.verify(password_hash or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return right and password_hash is not None


def fingerprint(password_hash: str) -> str:
    """Changes with the password and says nothing of it. Tokens carry it: a new password ends them."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]
