"""Citations, tokens and typed numbers, as tables."""

import pytest

from content.wording import (
    cited_numbers,
    has_number,
    has_phone,
    is_blank,
    lines,
    plain,
    shown_or_dialed,
    without_do_not,
)


@pytest.mark.parametrize(
    "text",
    ["", " \t\n", "\u00a0", "\u200b", "\u3164", "\u2800", "\u115f\u1160", "\ufeff", "\u0301", "\u202e", "\x00"],
)
def test_nothing_to_see_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "0", "山", "ع", "👩‍⚕️", " . "])
def test_something_to_see_is_not_blank(text):
    assert not is_blank(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Often. [4]", [4]),
        ("Often. [4, 5] Rarely.[12]", [4, 5, 12]),
        ("[emergency number] [] [a] [1.5] [1234] (4)", []),
    ],
)
def test_citations(text, numbers):
    assert cited_numbers(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Call 911 now",
        "911",
        "Call 9-1-1.",
        "Call 9\u20111\u20111",
        "9 1 1",
        "9.1.1",
        "\uff19\uff11\uff11",
        "\u0669\u0661\u0661",
        "9\u200b11",
        "(911)",
    ],
)
def test_an_emergency_number_is_found_however_it_is_typed(text):
    assert has_number(text, "911")


@pytest.mark.parametrize(
    "text", ["1911", "9111", "2 in 100", "9.11 points", "911.5 mg", "0.911", "9, 11", "In 1991, 1"]
)
def test_other_numbers_are_not_the_emergency_number(text):
    assert not has_number(text, "911")


@pytest.mark.parametrize(
    "text",
    ["2015550142", "201-555-0142", "(201) 555-0142", "+1 201.555.0142", "1 (201) 555 0142", "201\u2011555\u20110142"],
)
def test_a_phone_number_is_found_however_it_is_grouped(text):
    assert has_phone(f"Call {text} today", "2015550142")


def test_another_phone_number_is_not_the_clinics():
    assert not has_phone("Call 201-555-0143, or ask 201 people", "2015550142")


def test_plain_words_of_rich_text_keep_blocks_apart_and_show_what_links_dial():
    html = '<p>One &amp; <strong>t</strong>wo</p><ul><li>3</li><li>4</li></ul><p><a href="tel:911">us</a></p>'
    assert plain(html).split() == ["One", "&", "two", "3", "4", "us"]
    assert "911" in shown_or_dialed(html)


def test_lines_drop_what_shows_nothing():
    assert lines(" walk \n\n\u200b\nrest") == ["walk", "rest"]


@pytest.mark.parametrize("line", ["do not stay in bed", "Do not stay in bed", "don't stay in bed", "stay in bed"])
def test_a_typed_do_not_is_not_said_twice(line):
    assert without_do_not(line) == "stay in bed"
