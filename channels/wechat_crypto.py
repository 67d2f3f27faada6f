"""How Tencent signs and encrypts what it posts, the same for Official Accounts, Mini Programs and WeCom.

A signature is the SHA-1 of its parts, sorted and joined: Tencent's choice. The encrypted form is AES-256-CBC
over 16 random bytes, the length (4 bytes, big endian), the message and the receiver's id, padded to 32 bytes.
"""

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

_KEY_CHARACTERS = 43
_RANDOM = 16
_PAD_BITS = 32 * 8  # twice the cipher's block


class NotOurs(ValueError):
    """It was not encrypted with this key for this receiver, or it is broken."""


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 -- as Tencent does


def is_signed(given: str, *parts: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


class MessageCipher:
    """`encoding_aes_key`: the 43 characters that the console shows. `receiver`: appid, or WeCom's corpid."""

    def __init__(self, encoding_aes_key: str, receiver: str) -> None:
        try:
            key = base64.b64decode(encoding_aes_key + "=", validate=True)
        except ValueError:
            key = b""
        if len(encoding_aes_key) != _KEY_CHARACTERS or len(key) != 32:
            raise ValueError("the EncodingAESKey has 43 letters and digits")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._receiver = receiver.encode()

    def open(self, encrypted: str) -> bytes:
        """The message. Raises NotOurs."""
        try:
            data = base64.b64decode(encrypted, validate=True)
            decryptor = self._cipher.decryptor()
            padded = decryptor.update(data) + decryptor.finalize()
            unpadder = PKCS7(_PAD_BITS).unpadder()
            plain = unpadder.update(padded) + unpadder.finalize()
        except ValueError:
            raise NotOurs("it cannot be decrypted") from None
        end = _RANDOM + 4 + int.from_bytes(plain[_RANDOM : _RANDOM + 4], "big")
        if not hmac.compare_digest(plain[end:], self._receiver):
            raise NotOurs("it is for another receiver")
        return plain[_RANDOM + 4 : end]

    def seal(self, message: bytes, random: bytes | None = None) -> str:
        """Encrypted as `open` takes it; `random`: 16 bytes."""
        head = (random or os.urandom(_RANDOM)) + len(message).to_bytes(4, "big")
        padder = PKCS7(_PAD_BITS).padder()
        padded = padder.update(head + message + self._receiver) + padder.finalize()
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
