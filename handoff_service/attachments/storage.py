"""Where the files are: a folder, or a bucket of an S3-compatible store. They know ids and bytes, no names."""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from handoff_service.attachments.errors import AttachmentNotFound, StorageAway
from handoff_service.settings import Settings

CHUNK = 256 * 1024
AT_ONCE = 2  # parts of one large upload on their way at the same time: 10 MB of memory
FAILURES = (BaseError, OSError)  # obstore raises Python's own where there is a fitting one
_ID = re.compile(r"[0-9a-f]{32}")


class Storage(Protocol):
    """Raises `StorageAway` when it cannot be reached or has no room."""

    def put(self, key: str, file: BinaryIO) -> None:
        """Store the whole file under the key, or nothing. A file that was there is replaced."""

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to but without `end`. Raises `AttachmentNotFound` before the first."""

    def delete(self, key: str) -> None:
        """Nothing is left of the key, also of an upload that was cut off. Fine when nothing was there."""


def storage_for(settings: Settings) -> Storage:
    if settings.s3_bucket:
        return BucketStorage(settings)
    return FolderStorage(settings.data_dir / "attachments")


class FolderStorage:
    """`<folder>/<first two digits>/<id>`; what is not complete has another name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, file: BinaryIO) -> None:
        target = self._path(key)
        part = target.with_suffix(".part")
        file.seek(0)
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with part.open("wb") as out:
                shutil.copyfileobj(file, out, CHUNK)
                out.flush()
                os.fsync(out.fileno())
            part.replace(target)
            _fsync_folder(target.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise StorageAway() from error

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        try:
            file = self._path(key).open("rb")
        except FileNotFoundError:
            raise AttachmentNotFound() from None
        except OSError as error:
            raise StorageAway() from error
        return _slices(file, start, end)

    def delete(self, key: str) -> None:
        path = self._path(key)
        try:
            path.unlink(missing_ok=True)
            path.with_suffix(".part").unlink(missing_ok=True)
        except OSError as error:
            raise StorageAway() from error

    def _path(self, key: str) -> Path:
        if not _ID.fullmatch(key):
            raise AttachmentNotFound()
        return self._folder / key[:2] / key


class BucketStorage:
    """One object per file; the store itself makes an upload appear whole or not at all."""

    def __init__(self, settings: Settings) -> None:
        options: dict[str, Any] = {
            "bucket": settings.s3_bucket,
            "region": settings.s3_region,
            "access_key_id": settings.s3_access_key_id,
            "secret_access_key": settings.s3_secret_access_key.get_secret_value(),
            "prefix": settings.s3_prefix or None,
        }
        if settings.s3_endpoint:  # not Amazon's: most of these know buckets only in the path
            options |= {"endpoint": settings.s3_endpoint, "virtual_hosted_style_request": False}
        plain = (settings.s3_endpoint or "").startswith("http://")
        self._store = S3Store(
            **options,
            client_options={"allow_http": plain, "timeout": "30s", "connect_timeout": "5s"},
            retry_config={"max_retries": 2},
        )

    def put(self, key: str, file: BinaryIO) -> None:
        file.seek(0)
        try:
            obstore.put(self._store, key, file, max_concurrency=AT_ONCE)
        except FAILURES as error:
            raise StorageAway() from error

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        try:
            found = obstore.get(self._store, key, options={"range": (start, end)} if end > start else {})
        except FileNotFoundError:
            raise AttachmentNotFound() from None
        except FAILURES as error:
            raise StorageAway() from error
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))

    def delete(self, key: str) -> None:
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return
        except FAILURES as error:
            raise StorageAway() from error


def _slices(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = end - start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _fsync_folder(folder: Path) -> None:
    """So that the new name outlives a power cut, where the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
