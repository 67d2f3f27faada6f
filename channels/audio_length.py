"""How long a voice message is, for networks that want to be told. Pure."""

_AMR = b"#!AMR\n"
_AMR_FRAMES = (12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0)
"""Bytes of a narrow-band frame after its first, by kind (RFC 4867); each is 20 ms."""
_FRAMES_A_SECOND = 50
# Kilobits per second of MPEG layer III, by index in the header.
_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)


def seconds_of(type_: str, body: bytes) -> int:
    """Rounded up, at least 1 where there is anything; 0 where it cannot be told. Of an MP3 it is what the
    first frame's bit rate makes it."""
    return _amr(body) if type_ == "audio/amr" else _mp3(body) if type_ == "audio/mpeg" else 0


def _amr(body: bytes) -> int:
    if not body.startswith(_AMR):
        return 0
    at, frames = len(_AMR), 0
    while at < len(body):
        at += 1 + _AMR_FRAMES[body[at] >> 3 & 0x0F]
        frames += 1
    return -(-frames // _FRAMES_A_SECOND)


def _mp3(body: bytes) -> int:
    start = 0
    if body[:3] == b"ID3" and len(body) > 10:
        start = 10 + sum((byte & 0x7F) << 7 * (3 - place) for place, byte in enumerate(body[6:10]))
    for at in range(start, min(len(body) - 3, start + 4096)):
        # eleven bits set, layer III
        if body[at] == 0xFF and body[at + 1] & 0xE6 == 0xE2:
            rates = _MPEG1 if body[at + 1] & 0x18 == 0x18 else _MPEG2
            rate = rates[body[at + 2] >> 4]
            if rate:
                return -(-(len(body) - at) // (rate * 125))
    return 0
