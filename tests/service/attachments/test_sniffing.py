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
        (files.MP4, "video/mp4"),
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


def test_a_picture_with_megabytes_of_metadata_is_a_picture() -> None:
    metadata = b"\xff\xe1\xff\xff" + b"\0" * 65_533

    assert dimensions(io.BytesIO(files.JPEG[:2] + metadata * 100 + files.JPEG[2:])) == (3, 2)
