"""The look is decided in static/css/tokens.css alone, and it can be read in light, dark and print."""

import re
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).resolve().parent.parent
CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
STYLESHEETS = sorted(CSS.glob("*.css"))
# WCAG 2.2: 1.4.3 for text, 1.4.11 for what is not text.
TEXT, SHAPE = 4.5, 3.0
PAIRS = [
    *[("ink", ground, TEXT) for ground in ("ground", "surface", "tint", "mark-wash", "skin", "bone")],
    *[("soft", ground, TEXT) for ground in ("ground", "surface", "tint", "mark-wash")],
    *[("action", ground, TEXT) for ground in ("ground", "surface", "tint", "mark-wash")],
    *[("action-down", ground, TEXT) for ground in ("ground", "surface", "tint")],
    *[(text, "deep", TEXT) for text in ("deep-on", "deep-soft", "deep-action")],
    *[("care-on", ground, TEXT) for ground in ("em", "em-body", "urgent", "routine")],
    ("action-on", "action", TEXT),
    ("action-on", "action-down", TEXT),
    ("accent-on", "accent", TEXT),
    *[("edge", ground, SHAPE) for ground in ("ground", "surface", "tint")],
    *[("mark", ground, SHAPE) for ground in ("ground", "surface", "skin")],
    *[("focus", ground, SHAPE) for ground in ("ground", "surface", "tint", "mark-wash")],
    ("accent", "deep", SHAPE),
]


def scheme(name):
    """The custom properties of one scheme, the light ones filled up with that scheme's own."""
    light = TOKENS.split("@media", 1)[0]
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6})", light))
    if name != "light":
        media = {"dark": r"prefers-color-scheme:\s*dark", "print": r"@media\s*print"}[name]
        found |= dict(
            re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6})", re.split(media, TOKENS, maxsplit=1)[1].split("@media")[0])
        )
    return found


def luminance(color):
    digits = color.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """WCAG contrast ratio, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["light", "dark", "print"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_colors_can_be_told_apart(name, text, ground, least):
    colors = scheme(name)
    assert contrast(colors[text], colors[ground]) >= least, f"{text} {colors[text]} on {ground} {colors[ground]}"


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_only_the_tokens_define_a_color(path):
    if path.name == "tokens.css":
        return
    css = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(), flags=re.S)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{}]*\{)|\brgba?\(|\bhsla?\(", css) == []


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_every_token_that_is_used_exists(path):
    defined = set(re.findall(r"--([\w-]+)\s*:", "".join(sheet.read_text() for sheet in STYLESHEETS)))
    assert set(re.findall(r"var\(--([\w-]+)", path.read_text())) - defined == set()


def test_every_class_in_the_stylesheets_is_used():
    words = "\n".join(
        path.read_text()
        for folder in ("templates", "clinic", "content", "booking", "njspine", "static/js")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".py", ".js", ".svg"}
    )
    used = set(re.findall(r"[\w-]+", words))
    for path in STYLESHEETS:
        # They dress Django's own admin templates and scripts, which are not ours.
        if path.name in {"admin.css", "admin_parts.css"}:
            continue
        css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        classes = set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", css)))
        assert classes - used == set(), path.name


@pytest.mark.parametrize("area", ["home", "content", "clinic", "request"])
def test_the_stylesheets_of_a_page_are_small(area):
    """At most 8 KB over the wire, as Brotli sends them."""
    names = ["tokens", "base", "components", area, "print"]
    assert sum(len(brotli.compress((CSS / f"{name}.css").read_bytes())) for name in names) <= 8_000
