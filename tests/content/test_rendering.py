"""From a stored version to what templates place."""

import copy
import datetime
import re

import pytest

from clinic.models import Clinic
from content.rendering import ClinicFacts, clinic_facts, emergency_card, inline, page_view, rating_view, rich
from content.safety import Flag, Library
from tests.content.test_gate import draft, section
from tests.factories import make_clinic

FACTS = ClinicFacts("911", "(201) 555-0142", "tel:+1-201-555-0142", is_sample=True)
REAL = ClinicFacts("911", "(201) 555-0142", "tel:+1-201-555-0142", is_sample=False)
SIGNS = (
    Flag("bladder", "emergency", "below_waist", "trouble peeing", True),
    Flag("neck", "emergency", "neck_head_arms", "clumsy hands", True),
    Flag("fever", "same_day", "with_something_else", "fever", True),
    Flag("night", "soon", "below_waist", "worse at night", False),
)
LIBRARY = Library(3, SIGNS)
PHONE = '<a class="tel" href="tel:+1-201-555-0142">(201) 555-0142</a><span class="tel-text">(201) 555-0142</span>'


def version(kind="condition", **values):
    people = {"author": None, "reviewer": None, "last_reviewed": None, "next_review": None}
    return draft(kind) | people | values


def view(data, facts=FACTS, library=LIBRARY, **more):
    return page_view(data, library=library, facts=facts, **more)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Often. [4]", 'Often.<sup><a href="#s4" aria-label="Source 4">4</a></sup>'),
        (
            "Often [4, 12].",
            'Often<sup><a href="#s4" aria-label="Source 4">4</a></sup>'
            '<sup><a href="#s12" aria-label="Source 12">12</a></sup>.',
        ),
        ("Call [emergency number] now", "Call 911 now"),
        ("Call [clinic phone].", f"Call {PHONE}."),
        ("<b>& [x] {{ 7 }}", "&lt;b&gt;&amp; [x] {{ 7 }}"),
    ],
)
def test_plain_text(text, html):
    assert inline(text, FACTS) == html


def test_rich_text_is_decorated_between_tags_only_and_links_never_nest():
    html = '<p>A [1] <a href="/x?[1]">call [clinic phone] [1]</a></p>'
    assert rich(html, FACTS) == (
        '<p>A<sup><a href="#s1" aria-label="Source 1">1</a></sup> <a href="/x?[1]">call (201) 555-0142 [1]</a></p>'
    )


def test_a_hostile_stored_version_is_inert():
    bad = '<script>alert(1)</script><p onclick="x">Hi</p>'
    hostile = '"><img src=x onerror=alert(1)>'
    data = version(
        title=hostile, summary=hostile, sections=[section("symptoms", body=bad, unlikely_if=hostile, do=hostile)]
    )
    page = view(data)
    assert page.sections[0].body == "<p>Hi</p>"
    for text in (page.lead[0], page.sections[0].unlikely_if, page.sections[0].do[0]):
        assert "<" not in text
    assert not hasattr(page.title, "__html__")


def test_a_clinics_own_facts_are_escaped():
    facts = ClinicFacts("9<11", '"<b>', 'tel:"><b>', is_sample=True)
    assert "<b>" not in inline("[clinic phone] [emergency number]", facts)


def test_do_not_lines_carry_the_words_once_and_unlikely_if_loses_its_full_stop():
    page = view(version(sections=[section("self_care", dont="do not lie down\nstay in bed", unlikely_if="it stays.")]))
    assert page.sections[0].dont == ("lie down", "stay in bed")
    assert page.sections[0].unlikely_if == "it stays"


def test_headings_ids_and_unknown_sections():
    page = view(
        version(
            "article",
            sections=[
                section("question", heading="Sources"),
                section("question", heading="Is it safe?"),
                section("question", heading="Is it safe?"),
                section("question", heading="山"),
                section("no-such-part"),
                section("self_care"),
            ],
        )
    )
    assert [part.id for part in page.sections] == ["sources-2", "is-it-safe", "is-it-safe-2", "question", "self_care"]
    assert page.sections[-1].heading == "Do and do not"


@pytest.mark.parametrize("number", [0, 1, 9, 10, 55, 99, 100])
def test_dots_cover_the_grid_exactly(number):
    """Every dot of the 10 by 10 grid lies in exactly one of both paths, `number` of them in the filled one."""
    dots = view(version(sections=[section("expect", number=number)])).sections[0].dots
    filled, unfilled = (area(path) for path in (dots.filled_path, dots.open_path))
    assert len(filled) == number == dots.filled
    assert len(unfilled) == 100 - number == dots.open
    assert not filled & unfilled


def area(path):
    """Grid cells inside an SVG path of axis-parallel rectangles."""
    cells = set()
    for rectangle in path.split("z"):
        x = y = 0
        corners = []
        for step, numbers in re.findall(r"([MhHvV])([\d ]+)", rectangle):
            values = [int(value) for value in numbers.split()]
            x = values[0] + (x if step == "h" else 0) if step in "MhH" else x
            y = values[-1] + (y if step == "v" else 0) if step in "MvV" else y
            corners.append((x, y))
        if corners:
            left, right = (pick(corner[0] for corner in corners) // 20 for pick in (min, max))
            top, bottom = (pick(corner[1] for corner in corners) // 20 for pick in (min, max))
            cells |= {(column, row) for column in range(left, right) for row in range(top, bottom)}
    return cells


def test_no_number_no_dots():
    assert view(version(sections=[section("expect")])).sections[0].dots is None


def test_signs_come_from_the_live_library_in_its_order():
    page = view(version(flags=["neck", "night", "fever", "bladder", "gone"]))
    assert [[flag.key for flag in flags] for _heading, flags in page.card.groups] == [["bladder"], ["neck"]]
    assert [flag.key for flag in page.same_day] == ["fever"]
    assert [flag.key for flag in page.soon] == ["night"]
    assert view(version(no_emergency_card=True)).card is None


def test_a_card_stands_even_when_the_library_is_empty():
    card = view(version(), library=Library()).card
    assert not card.has_signs


def test_what_to_say_on_the_phone_fits_the_signs_and_the_page():
    assert emergency_card(SIGNS[:2]).fear == "below_waist"
    assert emergency_card(SIGNS[1:2]).fear == ""
    assert emergency_card(SIGNS[:2], first="neck_head_arms").fear == "neck_head_arms"
    assert emergency_card(SIGNS[:1], first="neck_head_arms").fear == "below_waist"


def test_signs_stand_under_their_area_and_that_of_the_page_comes_first():
    def headings(flags, **order):
        return [str(heading) for heading, _ in emergency_card(flags, **order).groups]

    assert headings(SIGNS[:2]) == ["Below the waist", "Neck, head and arms"]
    assert headings(SIGNS[:2], first="neck_head_arms") == ["Neck, head and arms", "Below the waist"]
    assert headings(SIGNS[:2], by_area=False) == headings(SIGNS[:1]) == [""]


REVIEWED = {
    "reviewer": {"name": "Casey", "credentials": "MD", "slug": "casey"},
    "last_reviewed": "2026-11-09",
    "next_review": "2027-05-09",
}


def test_a_real_clinic_names_who_checked_the_page():
    review = view(version(**REVIEWED), REAL).review
    assert review.reviewer["name"] == "Casey"
    assert review.last_reviewed == datetime.date(2026, 11, 9)
    assert review.next_review == datetime.date(2027, 5, 9)


@pytest.mark.parametrize(
    ("facts", "changes"), [(FACTS, {}), (REAL, {"reviewer": None}), (REAL, {"last_reviewed": None})]
)
def test_no_claim_for_a_sample_or_without_person_and_date(facts, changes):
    review = view(version(**REVIEWED | changes), facts).review
    assert (review.reviewer, review.last_reviewed, review.next_review) == (None, None, None)


def test_ratings():
    assert rating_view("helps_some").blocks == (True, True, False)
    assert rating_view("not_recommended").is_against
    assert rating_view("superb") is None


def test_a_rated_treatment_links_to_its_page_only_while_that_is_live():
    rated = {"treatment_id": 7, "name": "Heat", "rating": "unclear", "text": "<p>x</p>"}
    data = version(rated_treatments=[rated])
    assert view(data).rated_treatments[0]["url"] == ""
    assert view(data, urls={7: "/treatments/heat/"}).rated_treatments[0]["url"] == "/treatments/heat/"


@pytest.mark.parametrize("unknown", ["", "handstand", "../../base", "sciatic_nerve"])
def test_a_movement_shows_a_still_that_exists_and_nothing_else(unknown):
    texts = dict.fromkeys(("name", "leave_out_if", "why", "swap_for", "fine_again"), "it & that")
    known, left_out = view(
        version("article", movements=[texts | {"drawing": "sit_up"}, texts | {"drawing": unknown}])
    ).movements
    assert (known["drawing"], known["drawing_template"]) == ("sit_up", "content/drawings/sit_up.html")
    assert not {"drawing", "drawing_template"} & set(left_out)
    assert left_out["why"] == "it &amp; that"


def test_a_still_of_a_section_needs_no_numbered_list():
    names = ("bridge", "sciatic_nerve", "handstand")
    parts = view(
        version("article", sections=[section("question", heading="Why?", drawing=name) for name in names])
    ).sections
    assert [(part.drawing, part.shows_still) for part in parts] == [
        ("bridge", True),
        ("sciatic_nerve", False),
        ("", False),
    ]


def test_rendering_changes_nothing_in_the_version():
    data = version(rated_treatments=[{"treatment_id": None, "name": "Heat", "rating": "unclear", "text": "x"}])
    before = copy.deepcopy(data)
    view(data)
    assert data == before


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (200, 1), (201, 2), (1000, 5)])
def test_minutes_to_read(words, minutes):
    assert (
        view(version("article", sections=[section("question", body="<p>" + "word " * words + "</p>")])).minutes
        == minutes
    )


def test_a_heading_never_takes_the_place_of_a_source():
    page = view(
        version(
            "article",
            sections=[section("question", heading="S1"), section("question", heading="S2")],
            sources=[{"number": 1, "citation": "Study", "year": "2019", "url": ""}],
        )
    )
    assert [part.id for part in page.sections] == ["s1-2", "s2"]


@pytest.mark.django_db
def test_facts_of_a_clinic():
    assert clinic_facts(make_clinic()) == FACTS


def test_a_nameless_clinic_has_no_number_to_call():
    facts = clinic_facts(Clinic(name="This clinic", phone=""))
    assert (facts.phone, facts.phone_href) == ("", "")
    assert inline("Call [clinic phone] today. [1]", facts).startswith("Call  today.<sup>")
