"""One sanitiser behind every door, and what it lets through."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from content.models import Section
from content.rich_text import sanitise
from tests.content.factories import add_section, make_condition, publish_flags, publish_page

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></mtext><mglyph><style><!--</style><img title=--><img src=1 onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<p onclick="alert(1)">x</p>',
    '<p style="position:fixed">x</p>',
    '<p class="care care--em" id="em">x</p>',
    "<iframe src=https://evil.example></iframe>",
    "<object data=x></object><embed src=x>",
    "<form action=/x><input name=y><button>z</button></form>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=//evil.example>",
    "<h1>Big</h1><h2>Two</h2><h5>Five</h5>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
]
ALLOWED_TAGS = {"p", "strong", "em", "b", "i", "br", "ul", "ol", "li", "a", "h3", "h4"}


def assert_harmless(html, soup):
    root = soup.parse(html)
    for element in root.iter():
        assert element.tag in ALLOWED_TAGS | {"root"}, element.tag
        assert set(element.attrib) <= {"href", "start"}
        assert not element.attrib.get("href", "/").lower().strip().startswith(("javascript", "data", "vbscript", "//"))


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_markup_is_inert(html, soup):
    assert_harmless(sanitise(html), soup)


@pytest.mark.parametrize(
    "address",
    [
        "https://nhs.uk/x?a=1&b=2",
        "http://x.example",
        "mailto:desk@clinic.example",
        "tel:+12015550142",
        "/visit/",
        "/a?b#c",
    ],
)
def test_links_to_the_web_mail_phone_and_this_site_stay(address, soup):
    assert (
        soup.parse(sanitise(f'<p><a href="{address.replace("&", "&amp;")}">x</a></p>')).find(".//a").get("href")
        == address
    )


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "ftp://x",
        "evil.example",
        "#em",
        "?x=1",
        "https:\\\\x",
        "/a b",
        "JAVASCRIPT:x",
    ],
)
def test_other_links_leave_their_words(address):
    assert sanitise(f'<p><a href="{address}">x</a></p>') == "<p>x</p>"


@pytest.mark.parametrize(
    "html", ["", "   ", "<p></p>", "<p>&nbsp;</p>", "<p>\u200b</p>", "<p><br></p>", "<ul><li></li></ul>"]
)
def test_what_shows_nothing_is_empty(html):
    assert sanitise(html) == ""


def test_text_typed_without_the_editor_becomes_paragraphs():
    assert sanitise("5 < 6 & 7\n\nSecond") == "<p>5 &lt; 6 &amp; 7</p><p>Second</p>"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\u202eabc", "Z\u0301" * 500, "{{7*7}} {% debug %} ${7*7} %s"])
def test_strange_characters_neither_fail_nor_run(text, db):
    html = sanitise(text)
    assert "\x00" not in html
    html.encode()
    assert sanitise(html) == html


@given(
    st.text(alphabet=st.characters(codec="utf-8")) | st.text(alphabet="<>/\"'= apulibhref34script&;#[]\n", max_size=80)
)
@settings(max_examples=300, deadline=None)
def test_sanitising_twice_changes_nothing(text):
    once = sanitise(text)
    assert sanitise(once) == once


@pytest.fixture
def section(db):
    return add_section(make_condition(), "causes")


BAD = '<p onclick="x">Fine</p><script>alert(1)</script>'


class TestDoors:
    """Every way into the database, and what stands there afterwards."""

    def stored(self, section):
        return Section.objects.get(pk=section.pk).body

    def test_full_clean(self, section):
        section.body = BAD
        section.full_clean()
        assert section.body == "<p>Fine</p>"

    def test_save(self, section):
        section.body = BAD
        section.save()
        assert section.body == self.stored(section) == "<p>Fine</p>"

    def test_update(self, section):
        Section.objects.filter(pk=section.pk).update(body=BAD)
        assert self.stored(section) == "<p>Fine</p>"

    def test_bulk_create(self, section):
        made = Section.objects.bulk_create([Section(page_id=section.page_id, key="scan", body=BAD)])
        assert self.stored(made[0]) == "<p>Fine</p>"

    def test_bulk_update(self, section):
        section.body = BAD
        Section.objects.bulk_update([section], ["body"])
        assert self.stored(section) == "<p>Fine</p>"

    def test_publish(self, section):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE content_section SET body = %s WHERE id = %s", [BAD, section.pk])
        publish_flags()
        assert publish_page(section.page).live_version.data["sections"][-1]["body"] == "<p>Fine</p>"

    def test_a_full_field_and_one_character_more(self, section):
        field = Section._meta.get_field("body").formfield()
        assert field.clean("x" * 40_000)
        with pytest.raises(Exception, match="40000"):
            field.clean("x" * 40_001)
