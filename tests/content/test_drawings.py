"""Our own drawings: numbers in the picture, words beside it, colors from the tokens, small enough for any phone."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from content.anatomy import DRAWINGS, Drawing, Still

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "templates" / "content" / "drawings"
STYLES = "".join((ROOT / "static" / "css" / f"{name}.css").read_text() for name in ("components", "content"))
TRANSLATED = re.compile(r"\{%\s*translate\s+(['\"]).+?\1\s*%\}")
MOST_BYTES = 8_000
LONGEST_ALTERNATIVE = 125  # NHS service manual, images: screen readers cut or rush longer ones
# Attributes that would bring a color, a script or another file along, past the tokens and the policy of the site.
FOREIGN = {"fill", "stroke", "style", "color", "opacity", "filter", "href", "id", "onload", "onclick"}


def test_every_choice_is_drawn_and_every_drawing_can_be_chosen():
    assert {path.stem for path in FOLDER.iterdir()} == DRAWINGS
    assert not set(Drawing.values) & set(Still.values)


def rendered(name):
    """The parts as a browser gets them; fails on what is no well-formed XML."""
    return list(ElementTree.fromstring(f"<div>{render_to_string(f'content/drawings/{name}.html')}</div>"))


@pytest.fixture(params=sorted(DRAWINGS))
def source(request):
    return (FOLDER / f"{request.param}.html").read_text()


@pytest.fixture
def svg(source, request):
    return rendered(request.node.callspec.params["source"])[0]


@pytest.fixture(params=Drawing.values)
def parts(request):
    """(svg, ol) of a drawing with numbers."""
    return rendered(request.param)


@pytest.mark.parametrize("name", Still.values)
def test_a_still_is_a_picture_alone_that_tells_start_from_end(name):
    (svg,) = rendered(name)
    assert not [element for element in svg.iter() if (element.text or "").strip()]
    said = svg.attrib["aria-label"]
    figures = sum(element.attrib.get("class") == "hair" for element in svg)
    assert said.count("Start:") == said.count("End:") == figures - 1


def test_it_is_a_picture_with_a_short_alternative(svg):
    assert (svg.tag, svg.attrib["role"]) == ("svg", "img")
    assert 40 <= len(svg.attrib["aria-label"]) <= LONGEST_ALTERNATIVE


def test_it_says_its_size_so_that_nothing_jumps_while_it_loads(svg):
    _, _, width, height = svg.attrib["viewBox"].split()
    assert (svg.attrib["width"], svg.attrib["height"]) == (width, height)


def test_numbers_in_the_picture_are_the_list_beside_it_and_it_holds_no_word(parts):
    svg, rows = parts
    written = [element.text for element in svg.iter() if (element.text or "").strip()]
    names = [row.find("b").text for row in rows]
    assert [name.split(".")[0] for name in names] == written == [str(n) for n in range(1, len(rows) + 1)]
    assert all(row.find("b").tail.strip() for row in rows)


def test_every_number_points_at_something(parts):
    svg, rows = parts
    kinds = [element.attrib.get("class") for element in svg]
    assert kinds.count("n") == kinds.count("nt") == len(rows)
    assert kinds.count("dot") >= len(rows)
    assert kinds.count("ld") >= len(rows)


def test_every_word_of_it_can_be_translated(source):
    left = TRANSLATED.sub("", source).replace("{% load i18n %}", "")
    assert "{%" not in left
    assert 'aria-label=""' in left
    assert re.sub(r"<[^>]*>|\d", "", left).split() == []


def test_it_is_small(source):
    assert len(source.encode()) <= MOST_BYTES


def test_its_looks_come_from_the_stylesheets_alone(svg):
    used = set()
    for element in svg.iter():
        assert not FOREIGN & set(element.attrib), element.attrib
        if element.tag not in {"svg", "text"}:
            assert "class" in element.attrib  # what has no class would be a black blot in every scheme
        used |= set(element.attrib.get("class", "").split())
    assert {name for name in used if not re.search(rf"\.{name}\b", STYLES)} == set()


def test_it_does_not_reach_out_of_the_page(source):
    assert not re.search(r"url\(|https?:|<(script|style|image|use|foreignObject|animate)", source)
