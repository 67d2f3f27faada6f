"""What the pages promise: nothing inline or from elsewhere, no markup out of text, colours one can read."""

import re
from pathlib import Path

import pytest

import handoff_service

PAGES = Path(handoff_service.__file__).parent / "pages"
STATIC = PAGES / "static"
HTML = sorted(PAGES.glob("*.html"))
SCRIPTS = sorted(STATIC.glob("*.js"))
STYLES = sorted(STATIC.glob("*.css"))

READABLE = 4.5
"""WCAG 2 AA, for text of ordinary size."""

PAIRS = [
    *[("ink", surface) for surface in ("page", "surface", "sunken")],
    *[("ink-soft", surface) for surface in ("page", "surface", "sunken")],
    ("accent-ink", "accent"),
    ("accent", "surface"),
    ("bad", "bad-soft"),
]
"""Text on surface, as the style sheets combine them."""


@pytest.mark.parametrize("page", HTML, ids=lambda path: path.name)
def test_a_page_has_nothing_inline_and_nothing_from_elsewhere(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle=|\son\w+=|<style", source) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", source) == []
    addresses = re.findall(r'(?:src|href)="([^"]+)"', source)
    assert addresses
    built = {"/widget.js"}
    missing = [address for address in addresses if not (PAGES / address.lstrip("/")).is_file()]
    assert set(missing) <= built


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_makes_no_markup(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)
        == []
    )


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_uses_the_scales_and_nothing_from_elsewhere(style: Path) -> None:
    source = style.read_text(encoding="utf-8")
    assert re.findall(r"url\(|@import", source) == []
    defined = set(re.findall(r"(--[\w-]+):", (STATIC / "base.css").read_text(encoding="utf-8")))
    assert set(re.findall(r"var\((--[\w-]+)", source)) - defined == set()
    assert [
        size for size in re.findall(r"font-size: ([^;]+);", source) if not size.startswith("var(--text-")
    ] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), PAIRS, ids=lambda name: name)
def test_text_can_be_read_on_its_surface(text: str, surface: str, scheme: str) -> None:
    colours = _palette(scheme)
    assert _contrast(colours[text], colours[surface]) >= READABLE


def _palette(scheme: str) -> dict[str, str]:
    source = (STATIC / "base.css").read_text(encoding="utf-8")
    light, dark = source.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark.split("*,")[0]))
    return found


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
