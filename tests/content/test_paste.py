"""What people paste from Word, Google Docs and their like arrives as its author saw it, without losing a word."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.editing.paste import cleaned, unwrapped
from content.models import Section
from content.rich_text import LINK, sanitise
from content.wording import plain
from tests.content.factories import add_section, make_condition

FIXTURES = Path(__file__).parent / "fixtures" / "paste"
PROGRAMS = ["word", "google_docs", "word_online", "outlook", "libreoffice", "pages_mac"]


def pasted(program):
    """(what the program puts on the clipboard, what must be stored)."""
    return (FIXTURES / f"{program}.html").read_text(), (FIXTURES / f"{program}.out.html").read_text().strip()


def words(text):
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_arrives_as_its_author_saw_it(program):
    clipboard, stored = pasted(program)
    assert sanitise(clipboard) == stored
    assert sanitise(stored) == stored


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_at_a_door_of_the_database(program, db):
    clipboard, stored = pasted(program)
    section = add_section(make_condition(), "causes")
    Section.objects.filter(pk=section.pk).update(body=clipboard)
    section.refresh_from_db()
    assert section.body == stored


def test_what_the_editor_wrote_stays_as_it_is():
    own = (
        '<p>Words <strong>bold</strong><br>“quoted” 40&nbsp;°F</p><ul><li>short</li><li><p>long</p><ol start="3">'
        '<li><p>in</p></li></ol></li></ul><h3>Head</h3><p><a href="/visit/?a=1&amp;b=2#em">Visit</a></p>'
    )
    assert cleaned(own, LINK.match) is own
    assert sanitise(own) == own


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ("<p>take\u00adn apart\u200b</p>", "<p>taken apart</p>"),
        ("<p>two&nbsp;&nbsp; blanks</p>", "<p>two blanks</p>"),
        ("<p>98.6&nbsp;°F</p>", "<p>98.6&nbsp;°F</p>"),
        ("<p>• one</p><p>• two</p>", "<ul><li><p>one</p></li><li><p>two</p></li></ul>"),
        ("<p>1.&nbsp;&nbsp; one</p><p>2.&nbsp;&nbsp; two</p>", "<ol><li><p>one</p></li><li><p>two</p></li></ol>"),
        ("<p>o&nbsp;&nbsp; one</p>", "<ul><li><p>one</p></li></ul>"),
        ("<p>§ 5 of the law&nbsp;&nbsp;says</p>", "<p>§ 5 of the law says</p>"),
        ("<p>o my back</p>", "<p>o my back</p>"),
        ("<h1>A</h1><h2>B</h2><h5>C</h5>", "<h3>A</h3><h3>B</h3><h4>C</h4>"),
        ("<div>a<div>b</div>c</div>", "<p>a</p><p>b</p><p>c</p>"),
        ("<div>a<br><br>b</div>", "<p>a</p><p>b</p>"),
        ('<p><a href="javascript:alert(1)">x</a></p>', "<p>x</p>"),
        ('<p><a href="data:text/html,x">x</a></p>', "<p>x</p>"),
        ('<p><a name="top">x</a></p>', "<p>x</p>"),
        ("<p>now <del>old</del><ins>new</ins> <s>struck</s></p>", "<p>now new struck</p>"),
        ("<p>a<img src=x onerror=alert(1) alt=pic>b</p>", "<p>ab</p>"),
        ("<table><tr><td></td><td>only</td></tr></table>", "<p>only</p>"),
        (
            "<table><tr><th>Day</th><th>Open</th></tr><tr><td>Mon.</td><td><ul><li>9</li></ul></td></tr></table>",
            "<p>Day: Open</p><p>Mon.</p><ul><li><p>9</p></li></ul>",
        ),
        ("<ul><ul><ul><li>deep</li></ul></ul><li>top</li></ul>", None),
        ("<p style='mso-list:l0 level3 lfo1'>no marker</p>", "<ul><li><p>no marker</p></li></ul>"),
    ],
)
def test_siblings(html, stored):
    result = sanitise(html)
    assert stored is None or result == stored
    assert sanitise(result) == result


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("https://www.google.com/url?q=https://nhs.uk/a%3Fb%3D1&sa=D", "https://nhs.uk/a?b=1"),
        ("https://google.co.uk/url?sa=t&url=http://x.example/", "http://x.example/"),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.example%2F&data=1", "https://x.example/"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        ("https://www.google.com/search?q=https://x.example", "https://www.google.com/search?q=https://x.example"),
        ("https://evil.example/url?q=https://x.example", "https://evil.example/url?q=https://x.example"),
    ],
)
def test_redirects_are_unwrapped(address, leads_to):
    assert unwrapped(address) == leads_to


def test_an_address_that_is_none_is_no_error():
    assert sanitise('<p><a href="http://[">x</a></p>') == "<p>x</p>"


TAGS = ["p", "div", "b", "em", "span", "h1", "h4", "ul", "ol", "li", "table", "tr", "td", "blockquote", "sup", "font"]
STYLES = ["", ' style="font-weight:700"', ' style="font-style:italic"', ' class="MsoNormal"', ' dir="ltr"']
letters = st.text(alphabet="abcxyz äé9 ", min_size=1, max_size=12)
fragments = st.recursive(
    letters | st.just("<br>") | st.just("&nbsp;"),
    lambda inner: st.builds(
        lambda tag, style, parts: f"<{tag}{style}>{''.join(parts)}</{tag}>",
        st.sampled_from(TAGS),
        st.sampled_from(STYLES),
        st.lists(inner, max_size=4),
    ),
    max_leaves=14,
)


@given(fragments)
@settings(max_examples=400, deadline=None)
def test_no_letter_is_lost_and_cleaning_twice_changes_nothing(html):
    result = sanitise(html)
    assert "".join(sorted("".join(words(plain(result))))) == "".join(
        sorted("".join(words(unicodedata.normalize("NFKC", re.sub(r"<[^>]*>|&nbsp;", " ", html)))))
    )
    assert sanitise(result) == result


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 7_000 + "x",
        "<b>" * 10_000 + "x",
        "<ul><li>" * 4_000 + "x",
        "<table><tr><td>" * 2_000 + "x",
        "<b><p>" * 5_000 + "x",
        "".join(f"<b class={number}><p>" for number in range(300)) + "x",
        "<p>" + "&nbsp;" * 6_000 + "x</p>",
        "<p>" + "• " * 15_000 + "x</p>",
        "<p>" + "<" * 39_000 + " x</p>",
    ],
)
def test_deep_and_long_input_is_only_slow_to_read(html):
    result = sanitise(html)
    assert "x" in plain(result)
    assert sanitise(result) == result
