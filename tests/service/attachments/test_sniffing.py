"""What a file is, by its contents."""

import io
import time

import pytest

from handoff_service.attachments.sniffing import WINDOW, dimensions, sniff
from handoff_service.settings import ACCEPTED
from tests.service.attachments import files

OFFICE = "application/vnd.openxmlformats-officedocument"
ODT = "application/vnd.oasis.opendocument.text"


def sniffed(content: bytes) -> str | None:
    return sniff(io.BytesIO(content), len(content))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.png(), "image/png"),
        (files.JPEG, "image/jpeg"),
        (files.GIF, "image/gif"),
        (files.WEBP, "image/webp"),
        (files.MP3, "audio/mpeg"),
        (files.BARE_MP3, "audio/mpeg"),
        (files.OGG, "audio/ogg"),
        (files.wav(), "audio/wav"),
        (files.M4A, "audio/mp4"),
        (files.mp4(b"soun", at_the_end=True), "audio/mp4"),
        (files.MP4, "video/mp4"),
        (files.mp4(b"vide"), "video/mp4"),
        (files.mp4(b"soun", b"vide", at_the_end=True), "video/mp4"),
        (files.mp4(b"vide", b"soun", brand=b"qt  ", at_the_end=True), "video/mp4"),
        (files.mp4(b"vide", brand=b"3gp4"), "video/mp4"),
        (files.AMR, "audio/amr"),
        (files.WEBM_SOUND, "audio/webm"),
        (files.PDF, "application/pdf"),
        (files.OLD_WORD, "application/msword"),
        (files.zipped("[Content_Types].xml", "word/document.xml"), f"{OFFICE}.wordprocessingml.document"),
        (files.zipped("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
        (
            files.zipped("[Content_Types].xml", "ppt/presentation.xml"),
            f"{OFFICE}.presentationml.presentation",
        ),
        (files.zipped("content.xml", first=("mimetype", ODT.encode())), ODT),
        ("订单号 20231115\nhello, 1 < 2\n".encode(), "text/plain"),
        (b"\xef\xbb\xbfname,amount\n", "text/plain"),
        (("长" * WINDOW).encode(), "text/plain"),  # the window ends within a character
    ],
)
def test_what_people_send_is_known_and_accepted(content: bytes, kind: str) -> None:
    assert sniffed(content) == kind
    assert kind in ACCEPTED


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.HEIC, None),
        (files.mp4(), None),
        (files.mp4(b"text"), None),
        (files.mp4(b"vide")[:1_000], None),
        (b"\0\0\0\x18ftypisom" + b"\0" * 12 + b"vide, it says", None),
        (files.WEBM_FILM, "video/webm"),
        (files.zipped("a.txt"), "application/zip"),
        (files.zipped("[Content_Types].xml"), "application/zip"),
        (files.HTML, None),
        (b"\n\n  <ScRiPt>alert(1)</script>", None),
        (b"hello\n<svg onload=alert(1)>", None),
        (files.SVG, None),
        (b"MZ\x90\x00" + b"\0" * 200, None),
        (b"\x7fELF" + b"\0" * 200, None),
        (b"plain\x00text", None),
        ("你好".encode("gb18030") + b"\xff", None),
        (b"", "text/plain"),
    ],
)
def test_what_is_something_else_is_not_taken_for_what_is_accepted(content: bytes, kind: str | None) -> None:
    assert sniffed(content) == kind
    assert not content or kind not in ACCEPTED


@pytest.mark.parametrize("content", [files.png(640, 480)[:20], b"\x89PNG\r\n\x1a\n", b"GIF89a", b""])
def test_a_damaged_header_has_no_size(content: bytes) -> None:
    assert dimensions(io.BytesIO(content)) is None


@pytest.mark.parametrize("content", [files.png(), files.JPEG, files.GIF, files.WEBP])
def test_the_size_is_read_from_the_header(content: bytes) -> None:
    assert dimensions(io.BytesIO(content)) == (3, 2)


def test_a_picture_that_is_all_header_keeps_nobody_busy() -> None:
    segments = b"\xff\xd8" + b"\xff\xe0\x00\x02" * 1_000_000
    began = time.process_time()

    assert sniffed(segments) == "image/jpeg"
    assert dimensions(io.BytesIO(segments)) is None
    assert time.process_time() - began < 1


def test_a_film_that_is_all_boxes_keeps_nobody_busy() -> None:
    boxes = files.box(b"free") * 1_000_000
    began = time.process_time()

    assert sniffed(files.box(b"ftyp", b"isom\0\0\2\0") + boxes) is None
    assert sniffed(files.mp4(b"vide") + boxes) == "video/mp4"  # recorded piece by piece, told of before
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "length",
    [
        pytest.param(b"\0\0\0\1free" + (2**63).to_bytes(8, "big"), id="far behind the end"),
        pytest.param(b"\0\0\0\1free" + b"\0" * 8, id="of nothing, in long"),
        pytest.param(b"\0\0\0\1free\0", id="cut off within its length"),
        pytest.param(b"\0\0\0\2free", id="shorter than its own header"),
    ],
)
def test_a_box_of_an_impossible_length_ends_the_film(length: bytes) -> None:
    assert sniffed(files.box(b"ftyp", b"isom\0\0\2\0") + length + files.mp4(b"vide")) is None


def test_a_box_may_be_measured_in_64_bits_or_reach_to_the_end() -> None:
    begin, told = files.box(b"ftyp", b"isom\0\0\2\0"), files.mp4(b"vide")
    moov = told[told.index(b"moov") + 4 : told.index(b"mdat") - 4]
    long_free = b"\0\0\0\1free" + (20).to_bytes(8, "big") + b"\0" * 4

    assert sniffed(begin + long_free + b"\0\0\0\0moov" + moov) == "video/mp4"


def test_a_picture_with_megabytes_of_metadata_is_a_picture() -> None:
    metadata = b"\xff\xe1\xff\xff" + b"\0" * 65_533

    assert dimensions(io.BytesIO(files.JPEG[:2] + metadata * 100 + files.JPEG[2:])) == (3, 2)
