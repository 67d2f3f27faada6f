"""What kinds of tracks an MP4 has, whatever it calls itself: a film, a recording, a telephone's photograph.

A file of this family (ISO/IEC 14496-12) is boxes within boxes, each with its length before it; the one that
tells of the tracks stands before or behind all the pictures and sounds, which may be megabytes.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO

_WAY = (b"moov", b"trak", b"mdia", b"hdlr")
_HEADER = struct.Struct(">I4s")
_LONG = struct.Struct(">Q")
_HANDLER_AT = 8  # behind version, flags, and a field that is always zero


def handlers(file: BinaryIO, size: int) -> Iterator[bytes]:
    """`vide`, `soun`, …: of each track what it is for. None where there are none, also of a damaged file."""
    return _within(file, 0, size, _WAY)


def _within(file: BinaryIO, start: int, end: int, way: Sequence[bytes]) -> Iterator[bytes]:
    for kind, begin, stop in _boxes(file, start, end):
        if kind != way[0]:
            continue
        if len(way) > 1:
            yield from _within(file, begin, stop, way[1:])
        elif stop - begin >= _HANDLER_AT + 4:
            file.seek(begin + _HANDLER_AT)
            yield file.read(4)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The kind of each box between the two places, and where its content begins and ends."""
    at = start
    while at + _HEADER.size <= end:
        file.seek(at)
        header = file.read(_HEADER.size + _LONG.size)
        length, kind = _HEADER.unpack_from(header)
        own = _HEADER.size
        if length == 1 and len(header) == _HEADER.size + _LONG.size:
            (length,) = _LONG.unpack_from(header, own)
            own += _LONG.size
        elif length == 0:  # the last one
            length = end - at
        if length < own or at + length > end:
            return
        yield kind, at + own, at + length
        at += length
