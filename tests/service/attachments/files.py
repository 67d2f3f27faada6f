"""Small files of every kind, made here so that each byte is known."""

import io
import struct
import wave
import zipfile
import zlib
from pathlib import Path


def png(width: int = 3, height: int = 2) -> bytes:
    """A whole picture where it is small; of a huge one the header alone, which is all that is read."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width * 3 + 1) * height) if width * height < 10**6 else zlib.compress(b"\0")
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def zipped(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if first:
            archive.writestr(*first)
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0" * 1600)
    return out.getvalue()


def box(kind: bytes, *content: bytes) -> bytes:
    """Of an MP4."""
    inside = b"".join(content)
    return struct.pack(">I", len(inside) + 8) + kind + inside


def track(handler: bytes) -> bytes:
    samples = box(b"stbl", b"\0" * 40_000)  # the tables of a few minutes
    told = box(b"hdlr", b"\0" * 8 + handler + b"\0" * 13)
    return box(b"trak", box(b"tkhd", b"\0" * 84), box(b"mdia", told, box(b"minf", samples)))


def mp4(*handlers: bytes, brand: bytes = b"isom", at_the_end: bool = False) -> bytes:
    """Its tracks are told of before or, as telephones write them, after all pictures and sounds."""
    begin = box(b"ftyp", brand + b"\0\0\2\0" + b"isomiso2")
    told = box(b"moov", box(b"mvhd", b"\0" * 100), *map(track, handlers))
    content = box(b"mdat", b"\x5a" * 100_000)
    return begin + (content + told if at_the_end else told + content)


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0001108000200030301220002110103110100ffd9")
GIF = b"GIF89a\x03\0\x02\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0/\x02@\0\0\x07\x10\x11\x11\x88\x88\xfe\x07\0"
MP3 = b"ID3\x03\0\0\0\0\0\x0a" + b"\0" * 10 + b"\xff\xfb\x90\x00" + b"\0" * 400
BARE_MP3 = b"\xff\xfb\x90\x00" + b"\0" * 413 + b"\xff\xfb\x90\x00" + b"\0" * 413
OGG = b"OggS\0\x02" + b"\0" * 20 + b"\x01\x13OpusHead\x01\x01" + b"\0" * 40
AMR = b"#!AMR\n\x3c" + b"\0" * 31
M4A = mp4(b"soun", brand=b"M4A ")
MP4 = (Path(__file__).parent / "film.mp4").read_bytes()
"""A second of H.264, 64 × 48, as a browser recorded it."""
HEIC = box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(
    b"meta", b"\0" * 4, box(b"hdlr", b"\0" * 8 + b"pict" + b"\0" * 13)
)
WEBM_SOUND = (
    b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webmB\x87\x81\x04" + b"\0" * 40 + b"\x86\x86A_OPUS" + b"\0" * 20
)
WEBM_FILM = WEBM_SOUND + b"\x86\x85V_VP8"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
OLD_WORD = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "WordDocument".encode("utf-16-le") + b"\0" * 100
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
