"""What a file is, by its contents alone: neither its name nor the type that was sent with it counts.

puremagic names candidates by the first bytes. Some containers say too little there (zip, OLE, WebM), so what
tells their kinds apart is looked for at both ends of the file; an MP4's tracks are looked up where it says
that they are (`mp4`). No more than that is read, whatever the size.
"""

import re
from contextlib import suppress
from typing import BinaryIO, cast

import imagesize
import puremagic

from handoff_service.attachments.mp4 import handlers

WINDOW = 64 * 1024
"""Bytes read at each end: names of a zip's parts are in there."""

READS = 2_000
"""Reads that a header may take. The fullest real one, 20 MB of 64 kB segments, takes some 1,000; millions of
empty segments, or boxes of a film, would keep a processor busy for a minute."""

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/wav": ("wav",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/amr": ("amr",),
    "audio/webm": ("webm", "weba"),
    "video/mp4": ("mp4", "m4v", "mov"),
    "video/webm": ("webm",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "csv", "log", "md"),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.ms-powerpoint": ("ppt",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
    "application/zip": ("zip",),
}
"""Every type that is told apart, with the endings that its names may have; the first is added to others."""

_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OLD_OFFICE = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_BY_ENDING = {".mp3": "audio/mpeg", ".mp1": "audio/mpeg", ".amr": "audio/amr"}
_BY_NAME = {"audio/x-wav": "audio/wav", "audio/mp3": "audio/mpeg", "application/x-pdf": "application/pdf"}
# What a browser would run, in whatever way it begins. Such a text is never "plain".
_MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|\?xml|html|head|body|script|svg|iframe)\b", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(file: BinaryIO, size: int) -> str | None:
    """One of `EXTENSIONS`, or None for everything else. The file's place afterwards is anywhere."""
    file.seek(0)
    head = file.read(WINDOW)
    file.seek(max(0, size - WINDOW))
    ends = head + file.read(WINDOW)
    if head.startswith(b"PK\x03\x04"):
        return _zip(head, ends)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return next((kind for name, kind in _OLD_OFFICE.items() if name.encode("utf-16-le") in ends), None)
    if head[4:8] == b"ftyp":
        return _film(file, size)
    if head.startswith(b"\x1aE\xdf\xa3"):
        if b"webm" not in head[:64]:
            return None
        return "audio/webm" if b"A_" in head and b"V_" not in head else "video/webm"
    if head.startswith(b"OggS"):
        return None if b"theora" in head[:WINDOW] else "audio/ogg"
    return _known(head) or ("text/plain" if _is_text(head) else None)


def dimensions(file: BinaryIO) -> tuple[int, int] | None:
    """Width and height as the header says, without decoding anything; None where it does not say."""
    file.seek(0)
    try:
        width, height = imagesize.get(_FewReads(file))
    except Exception:  # a damaged header is the sender's doing, in whatever way it fails
        return None
    return (width, height) if width > 0 and height > 0 else None


class _FewReads:
    """A file for a reader that is not to read on for ever."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = READS

    def read(self, size: int = -1) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise ValueError("too long a header")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _film(file: BinaryIO, size: int) -> str | None:
    """Also a recording; None for a photograph, which comes in the same kind of boxes."""
    found: set[bytes] = set()
    with suppress(ValueError):  # too many boxes: what was found before them counts
        found.update(handlers(cast(BinaryIO, _FewReads(file)), size))
    return "video/mp4" if b"vide" in found else "audio/mp4" if b"soun" in found else None


def _zip(head: bytes, ends: bytes) -> str:
    if head[30:38] == b"mimetype":  # OpenDocument: the first part holds the type, not compressed
        told = head[38:].partition(b"PK")[0].decode("ascii", "replace")
        if told in EXTENSIONS:
            return told
    if b"[Content_Types].xml" in ends:
        return next((kind for folder, kind in _OFFICE.items() if folder in ends), "application/zip")
    return "application/zip"


def _known(head: bytes) -> str | None:
    try:
        candidates = puremagic.magic_string(head)
    except Exception:  # it reads what strangers sent
        return None
    for candidate in candidates:
        kind = _BY_NAME.get(candidate.mime_type, candidate.mime_type)
        if kind in ("text/html", "image/svg+xml"):
            return None
        if kind in EXTENSIONS and kind != "text/plain":
            return str(kind)
        if candidate.extension in _BY_ENDING:
            return _BY_ENDING[candidate.extension]
    return None


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters, and nothing that a browser would take for a page."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # the window may end within a character
        if len(head) < WINDOW or error.start < len(head) - 3:
            return False
    return not _CONTROLS.search(head) and not _MARKUP.search(head)
