"""/search/ as a browser gets it: nothing typed is more than text, the card comes first, nothing is kept."""

from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.models import SafetyVersion
from content.search.alarm import alarm
from tests.content.factories import (
    make_condition,
    make_every_kind,
    make_flag,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.content.reading import Soup, by_class, links
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db
PHONE = "(201) 555-0142"
CSS = Path(__file__).resolve().parents[2] / "static" / "css"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></textarea><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "{{7*7}} {% debug %} ${7*7} %s %n {0}",
    "' OR 1=1--",
    "'; DROP TABLE content_page;",
    "%' AND SLEEP(5)",
    "%",
    "_",
    "\\",
    "%%%_%%%",
    "=HYPERLINK(1)",
    "a\nERROR fake line\x1b[2J",
    "nul\x00byte",
    "\u202ertl\u2066iso\u200bzero",
    "Z" + "\u0301" * 500 + "algo",
    "👩‍👩‍👧‍👦🇺🇸🦴",
    "ﬃ ﷺ Ⅷ",
    "sciatica " * 12_000,
    "x" * 100_000,
    "no " * 100,
    "the of and",
    "١٢٣ 山田太郎 שלום",
]


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_location(name="Exampleton", parking="Free parking behind the building.")
    return make_clinic()


@pytest.fixture
def pages():
    publish_flags("bladder", "neck-cord", "fever", "not-easing")
    make_condition(published=True, slug="sciatica", title="Sciatica", also_called="slipped disc")
    make_treatment(published=True, slug="heat", title="Heat")


@pytest.fixture
def found(client):
    """The page for a query, parsed."""

    def found(query, **headers):
        answer = client.get("/search/", {"q": query}, headers=headers)
        assert answer.status_code == 200
        return Soup.parse(answer.content.decode())

    return found


def results(root):
    return [links(item)[0] for block in by_class(root, "results") for item in block]


def heading(root):
    return next(Soup.text(e) for e in root.iter("h2") if e.attrib.get("id") == "results")


class TestList:
    def test_it_says_how_many_and_what_each_is(self, pages, found):
        root = found("sciatica")
        assert heading(root) == "1 result for “sciatica”"
        item = by_class(root, "results")[0][0]
        assert results(root) == ["/conditions/sciatica/"]
        assert "Condition: One line about" in Soup.text(item)
        assert Soup.text(next(root.iter("title"))).startswith("1 result for “sciatica”")

    def test_found_words_are_marked(self, pages, found):
        root = found("symptoms words")
        assert "Words" in [Soup.text(mark) for mark in root.iter("mark")]

    def test_a_question_leads_to_the_section_that_answers(self, pages, found):
        assert "/conditions/sciatica/#expect" in links(by_class(found("how long does sciatica last"), "results")[0])

    def test_misspelled_words_are_understood_and_it_says_so(self, pages, found):
        root = found("siatica")
        assert results(root) == ["/conditions/sciatica/"]
        assert "Showing results for “sciatica”." in Soup.text(root)

    def test_words_that_no_page_has_are_named(self, pages, found):
        assert "No page here has the words “elbow”." in Soup.text(found("sciatica elbow"))

    def test_facts_are_found_as_they_are_now(self, pages, found):
        person = make_practitioner(name="Robin Placeholder", slug="robin", languages=["es"])
        assert results(found("placeholder")) == ["/team/robin/"]
        assert "/team/robin/" in results(found("spanish"))
        assert "/locations/" in results(found("parking"))[0]
        assert results(found("do you take aetna"))[0] == "/insurance/"
        assert results(found("book an appointment"))[0] == "/appointments/"
        person.is_active = False
        person.save()
        assert "/team/robin/" not in results(found("spanish"))

    def test_headings_skip_no_level(self, pages, found):
        for query in ("sciatica", "zzzqqq", "", "can't pee"):
            levels = [int(e.tag[1]) for e in found(query).iter() if e.tag in {"h1", "h2", "h3", "h4"}]
            assert levels.count(1) == 1
            assert all(after - before <= 1 for before, after in pairwise(levels)), query


class TestNothing:
    def test_without_words_it_is_a_place_to_begin(self, pages, found):
        for query in ("", "   ", "\u200b\u3164"):
            root = found(query)
            assert not by_class(root, "results")
            assert "Where to begin" in Soup.text(root)
            assert "/conditions/sciatica/" in links(root)

    def test_without_a_result_it_helps(self, pages, found):
        root = found("zzzqqq")
        text = Soup.text(next(root.iter("main")))
        assert heading(root) == "0 results for “zzzqqq”"
        assert "Try it from here" in text
        assert PHONE in text
        assert {"/conditions/sciatica/", "/conditions/", "/appointments/call-me/"} <= set(links(root))
        assert "Did you mean" not in text

    def test_did_you_mean_leads_to_something(self, pages, found):
        root = found("siyatika")
        assert not results(root)
        assert "Did you mean sciatica?" in Soup.text(root)
        assert "/search/?q=sciatica" in links(next(root.iter("main")))


class TestDanger:
    def test_the_card_comes_before_box_and_results(self, pages, found):
        root = found("can't pee sciatica")
        order = [
            e.attrib.get("class", e.tag)
            for e in next(root.iter("main")).iter()
            if e.tag in {"form", "ol"} or "care" in e.attrib.get("class", "").split()
        ]
        assert order == ["bare", "care care--em", "find", "results"] or order[-3:] == [
            "care care--em",
            "find",
            "results",
        ]
        assert results(root)[0] == "/get-help-now/"

    def test_the_named_signs_come_first_then_those_of_the_same_area(self, found):
        publish_flags("a-sign", "bladder", "neck-cord")
        card = by_class(found("cant pee"), "care--em")[0]
        assert [Soup.text(e) for e in card.iter("li")] == ["trouble starting or stopping your pee", "sign a-sign"]
        assert links(card) == ["tel:911"]

    def test_the_clinic_s_phone_is_nowhere_near(self, pages, found):
        for query in ("can't pee", "suicidal", "can't pee zzzqqq"):
            root = found(query)
            assert PHONE not in Soup.text(next(root.iter("main")))
            assert not by_class(root, "bar")
            assert "wide" in by_class(root, "call")[0].attrib["class"].split()
            assert "/appointments/call-me/" not in links(next(root.iter("main")))

    def test_without_a_library_there_is_still_a_card(self, found):
        assert not SafetyVersion.objects.exists()
        card = by_class(found("numb down there"), "care--em")[0]
        assert "Call 911 or go to the emergency room now if you think that this is an emergency." in Soup.text(card)

    def test_a_long_story_is_read_to_its_end(self, pages, found):
        root = found("my back has been hurting since last spring and " * 10 + " now I can't pee")
        assert by_class(root, "care--em")

    def test_what_was_misspelled_beyond_the_alarm_is_heard_when_it_was_corrected(self, pages, found):
        page = make_condition(title="Overflow urination problems", slug="overflow")
        publish_page(page)
        assert not alarm("urrrinationn").is_emergency
        root = found("urrrinationn")
        assert by_class(root, "care--em")
        assert results(root)[0] == "/get-help-now/"

    def test_who_wants_to_die_gets_a_card_of_their_own(self, pages, found):
        make_clinic(emergency_number="112")
        card = by_class(found("suicidal"), "care--em")[0]
        assert Soup.text(card[0]).startswith("Emergency Call 112 now")
        assert links(card) == ["tel:112"]

    def test_a_sign_for_today_shows_the_urgent_card(self, pages, found):
        make_flag("fever-or-unwell", group="same_day", text="back pain with a fever")
        publish_flags("fever-or-unwell", why="More")
        root = found("back pain and fever")
        assert "back pain with a fever" in Soup.text(by_class(root, "care--urgent")[0])
        assert not by_class(root, "care--em")

    def test_ordinary_searches_show_no_card(self, pages, found):
        assert not by_class(found("back pain"), "care")

    def test_a_broken_index_costs_nobody_the_card(self, pages, client, monkeypatch):
        monkeypatch.setattr("content.search.view.search", lambda *arguments, **options: 1 / 0)
        answer = client.get("/search/", {"q": "can't pee"})
        assert by_class(Soup.parse(answer.content.decode()), "care--em")


class TestHostile:
    @pytest.mark.parametrize("query", HOSTILE, ids=lambda query: ascii(query[:20]))
    def test_it_is_text(self, pages, client, query):
        answer = client.get("/search/", {"q": query})
        assert answer.status_code == 200
        assert_only_ours(answer.content.decode())

    def test_a_long_query_is_cut_and_it_says_so(self, pages, found):
        root = found("sciatica " * 60)
        box = next(e for e in root.iter("input") if e.attrib["name"] == "q")
        assert len(box.attrib["value"]) <= 200
        assert "we searched for its first 200 characters" in Soup.text(root)
        assert "/conditions/sciatica/" in results(root)

    @pytest.mark.parametrize("raw", ["%ff%fe", "%ed%a0%80", "%00", "q=a&q=sciatica", "%c0%af"])
    def test_damaged_bytes(self, pages, client, raw):
        answer = client.get(f"/search/?q={raw}")
        assert answer.status_code == 200
        assert_only_ours(answer.content.decode())

    @given(query=st.text(max_size=250))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_any_text(self, query):
        make_clinic()
        answer = Client().get(f"/search/?q={quote(query.encode('utf-8', 'surrogatepass'))}")
        assert answer.status_code == 200
        assert_only_ours(answer.content.decode())

    @given(query=st.lists(st.sampled_from([*"<>\"'&{}%_/\\`=", "script", "pee", "sciatica", "\u202e", "\x00", " "])))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_any_markup(self, query):
        make_clinic()
        answer = Client().get("/search/", {"q": "".join(query)})
        assert answer.status_code == 200
        assert_only_ours(answer.content.decode())

    def test_other_methods_are_refused(self, client):
        assert client.post("/search/", {"q": "x"}).status_code == 405


def assert_only_ours(html):
    """No element, attribute or handler that the query brought, and what was typed only where texts stand."""
    root = Soup.parse(html)
    assert len(list(root.iter("title"))) == len(list(root.iter("main"))) == 1
    assert not [e for e in root.iter() if e.tag in {"script", "style", "img", "iframe", "textarea"}]
    for element in root.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
        assert not element.attrib.get("href", "").lower().startswith("javascript")
    main = "".join(next(root.iter("main")).itertext())
    assert not [char for char in main if char in "\x00\u202e\u2066"]


class TestKeepsNothing:
    def test_no_cache_no_cookie_no_robot(self, pages, client):
        answer = client.get("/search/", {"q": "sciatica"})
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "same-origin"
        assert b'<meta name="robots" content="noindex">' in answer.content
        assert not answer.cookies
        assert "ETag" not in answer

    def test_no_word_reaches_a_log(self, pages, log_lines, monkeypatch):
        client = Client(raise_request_exception=False)
        client.get("/search/", {"q": "quorvax numbness"})
        monkeypatch.setattr("content.search.view.search", lambda *arguments, **options: 1 / 0)
        client.get("/search/", {"q": "quorvax numbness"})
        assert log_lines
        assert not [line for line in log_lines if "quorvax" in line or "numbness" in line]

    def test_how_many_queries_does_not_depend_on_how_much_there_is(self, client, django_assert_max_num_queries):
        make_every_kind()
        make_practitioner()
        client.get("/search/", {"q": "words"})
        with django_assert_max_num_queries(11):
            client.get("/search/", {"q": "words about sciatica"})
        for number in range(8):
            make_condition(published=True, title=f"Sciatica number {'abcdefgh'[number]}")
            make_info(published=True)
            make_practitioner()
        client.get("/search/", {"q": "words"})
        with django_assert_max_num_queries(11):
            client.get("/search/", {"q": "words about sciatica"})


def test_every_page_leads_there(pages, client):
    for path in ("/", "/conditions/sciatica/", "/team/"):
        assert links(Soup.parse(client.get(path).content.decode())).count("/search/") >= 2


def test_its_stylesheets_are_small():
    names = ["tokens", "base", "components", "content", "search", "print"]
    assert sum(len(brotli.compress((CSS / f"{name}.css").read_bytes())) for name in names) <= 8_000
