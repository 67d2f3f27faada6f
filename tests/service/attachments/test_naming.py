"""Names that nothing takes for more than a name."""

import pytest

from handoff_service.attachments.naming import LONGEST, disposition, safe_name


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ("收据.png", "image/png", "收据.png"),
        ("IMG 01.JPEG", "image/jpeg", "IMG 01.JPEG"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\lin\\scan.pdf", "application/pdf", "scan.pdf"),
        ("page.html", "image/png", "page.html.png"),
        ("invoice\u202egnp.exe", "image/png", "invoicegnp.exe.png"),
        ("a\u200b\u2066b\u2069.png", "image/png", "ab.png"),
        ('a\r\nSet-Cookie: x="1".png', "image/png", "a Set-Cookie_ x=_1_.png"),
        ("<script>.gif", "image/gif", "_script_.gif"),
        ("", "audio/ogg", "file.ogg"),
        ("...", "audio/ogg", "file.ogg"),
        ("..", "text/plain", "file.txt"),
        (".png", "image/png", "file.png"),
        ("\ud800\x00.png", "image/png", "\ufffd\ufffd.png"),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_one(given: str, kind: str, name: str) -> None:
    assert safe_name(given, kind) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("长" * 500 + ".png", "image/png")

    assert len(name) == LONGEST
    assert name.endswith("长.png")


def test_the_header_holds_every_name() -> None:
    assert disposition('收"据.png', inline=False) == (
        "attachment; filename=\"___.png\"; filename*=UTF-8''%E6%94%B6%22%E6%8D%AE.png"
    )
    assert disposition("a.png", inline=True).startswith("inline; ")
