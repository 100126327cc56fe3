"""Every rule of the gate: the smallest page that passes, one thing broken, the sentence and the field."""

import copy

import pytest

from content.anatomy import SECTIONS, Layout, PageKind
from content.gate import Facts, library_problems, page_problems

FACTS = Facts({"bladder": "emergency", "fever": "same_day"}, "911", "2015550142")
OWN = {
    "condition": {"region": "leg", "also_region": "", "also_called": ""},
    "treatment": {
        "category": "therapy",
        "rating": "unclear",
        "is_offered": True,
        "good_for": "",
        "feels_like": "",
        "visits": "",
        "done_by": "",
        "cost_note": "",
    },
    "article": {"key_points": "", "series": ""},
    "info": {"is_model_text": False},
    "glossary": {},
}


def section(key, **values):
    empty = dict.fromkeys(
        ("heading", "unlikely_if", "do", "dont", "number_text", "number_note", "drawing", "caption"), ""
    )
    return {"key": key, "body": "<p>Words.</p>", "number": None} | empty | values


def draft(kind, **values):
    """A page of this kind that passes."""
    kinds = [part for part in SECTIONS[PageKind(kind)] if part.required or part.repeats]
    data = {
        "kind": kind,
        "language": "en",
        "slug": "page",
        "title": "Page",
        "medical_name": "",
        "tagline": "",
        "summary": "What it is.",
        "search_description": "A description for search engines that is long enough to pass.",
        "no_emergency_card": kind in ("info", "glossary"),
        "order": 0,
        "own": dict(OWN[kind]),
        "flags": [] if kind in ("info", "glossary") else ["bladder"],
        "related": [],
        "sections": [
            section(part.key, do="walk" if part.layout == Layout.DO_DONT else "", heading="Own" if part.repeats else "")
            for part in kinds
        ],
        "sources": []
        if kind in ("info", "glossary")
        else [{"number": 1, "citation": "Study", "year": "2019", "url": ""}],
        "rated_treatments": [],
        "movements": [],
        "terms": [{"name": "disc", "also": "", "meaning": "A cushion."}] if kind == "glossary" else [],
        "search_words": "",
    }
    return data | values


def fields(data, facts=FACTS):
    return [problem.field for problem in page_problems(data, facts)]


@pytest.mark.parametrize("kind", PageKind.values)
def test_the_smallest_whole_page_passes(kind):
    assert page_problems(draft(kind), FACTS) == []


@pytest.mark.parametrize("kind", PageKind.values)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""),
        ("title", "\u200b\u3164"),
        ("slug", ""),
        ("summary", "\u00a0"),
        ("search_description", ""),
        ("search_description", "Too short."),
    ],
)
def test_what_every_page_needs(kind, name, value):
    assert fields(draft(kind, **{name: value})) == [name]


def test_every_problem_is_one_sentence():
    problems = page_problems(draft("condition", title="", summary="", sections=[], sources=[], flags=[]), FACTS)
    assert len(problems) == 3 + 5 + 1
    for problem in problems:
        assert problem.text.endswith(".")
        assert problem.text.rstrip(".").count(". ") <= 1


def test_an_address_that_leads_elsewhere():
    facts = Facts(FACTS.flag_groups, address_is_free=False)
    assert fields(draft("info"), facts) == ["slug"]


@pytest.mark.parametrize("kind", ["condition", "treatment"])
def test_each_required_section_must_be_there_and_say_something(kind):
    whole = draft(kind)
    for index, part in enumerate(whole["sections"]):
        without = draft(kind, sections=[other for other in whole["sections"] if other is not part])
        assert fields(without) == ["sections"], part["key"]
        empty = copy.deepcopy(whole)
        empty["sections"][index] |= {"body": "<p>&nbsp;</p>", "do": "", "dont": ""}
        column = "do" if part["key"] == "self_care" else "body"
        assert fields(empty) == [f"sections-{index}-{column}"], part["key"]


@pytest.mark.parametrize("kind", ["article", "info"])
def test_a_page_of_free_sections_needs_one_with_a_heading(kind):
    assert fields(draft(kind, sections=[])) == ["sections"]
    data = draft(kind)
    data["sections"][0]["heading"] = ""
    assert fields(data) == ["sections-0-heading"]


def test_an_unknown_section_and_one_that_is_there_twice():
    data = draft("treatment")
    data["sections"] += [section("movements"), section("risks")]
    assert fields(data) == ["sections-4-key", "sections-5-key"]


def test_free_sections_may_repeat():
    data = draft("article")
    data["sections"].append(section("question", heading="Another"))
    assert fields(data) == []


@pytest.mark.parametrize(
    ("year", "passes"), [("2019", True), ("2016, updated 2020", True), ("", False), ("soon", False)]
)
def test_a_source_with_a_year(year, passes):
    data = draft("condition", sources=[{"number": 1, "citation": "Study", "year": year, "url": ""}])
    assert fields(data) == ([] if passes else ["sources-0-year"])


def test_no_source_at_all_and_practical_pages_that_need_none():
    assert fields(draft("treatment", sources=[])) == ["sources"]
    assert fields(draft("info", sources=[])) == []


def test_two_sources_with_one_number():
    source = {"number": 1, "citation": "Study", "year": "2019", "url": ""}
    assert fields(draft("article", sources=[source, source | {"citation": ""}])) == [
        "sources-1-number",
        "sources-1-citation",
    ]


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (("summary",), "summary"),
        (("own", "also_called"), "also_called"),
        (("sections", 0, "body"), "sections-0-body"),
        (("sections", 0, "unlikely_if"), "sections-0-unlikely_if"),
        (("sections", 1, "do"), "sections-1-do"),
        (("sections", 1, "dont"), "sections-1-dont"),
        (("sections", 0, "caption"), "sections-0-caption"),
        (("rated_treatments", 0, "text"), "rated_treatments-0-text"),
    ],
)
class TestTexts:
    """Rules about words hold wherever words stand."""

    def broken(self, place, text):
        data = draft(
            "condition", rated_treatments=[{"treatment_id": None, "name": "Rest", "rating": "unclear", "text": ""}]
        )
        target = data
        for step in place[:-1]:
            target = target[step]
        target[place[-1]] = text
        data["rated_treatments"][0]["text"] = data["rated_treatments"][0]["text"] or "<p>Words.</p>"
        return fields(data)

    def test_every_citation_has_its_source(self, place, field):
        assert self.broken(place, "Words [1].") == []
        assert self.broken(place, "Words [1, 7].") == [field]

    def test_no_typed_emergency_number(self, place, field):
        assert self.broken(place, "Call 911.") == [field]
        assert self.broken(place, "Call [emergency number].") == []

    def test_no_typed_clinic_phone(self, place, field):
        assert self.broken(place, "Call (201) 555-0142.") == [field]


def test_numbers_that_only_a_link_dials_or_tags_hide():
    data = draft("condition")
    data["sections"][0]["body"] = '<p><a href="tel:911">Help</a></p>'
    data["sections"][2]["body"] = "<p>9<strong>1</strong>1</p>"
    data["sections"][3]["body"] = '<p><a href="tel:+12015550142">Us</a></p>'
    assert fields(data) == ["sections-0-body", "sections-2-body", "sections-3-body"]


def test_the_clinics_phone_may_stand_in_a_section_and_not_above_the_card():
    data = draft("condition", summary="Call [clinic phone].")
    data["sections"][3]["body"] = "<p>Call [clinic phone].</p>"
    assert fields(data) == ["summary"]


class TestEmergencyCard:
    @pytest.mark.parametrize("kind", ["condition", "treatment"])
    def test_a_spine_page_never_goes_without(self, kind):
        assert fields(draft(kind, flags=[])) == ["red_flags"]
        assert fields(draft(kind, flags=[], no_emergency_card=True)) == ["no_emergency_card"]

    def test_a_page_of_movements_never_goes_without(self):
        move = dict.fromkeys(("name", "leave_out_if", "why", "swap_for", "fine_again"), "x")
        data = draft("article", flags=[], no_emergency_card=True, movements=[move])
        assert fields(data) == []
        data["sections"].append(section("movements"))
        assert fields(data) == ["no_emergency_card"]

    @pytest.mark.parametrize("kind", ["article", "info"])
    def test_other_pages_choose_signs_or_tick_none(self, kind):
        assert fields(draft(kind, flags=["bladder"], no_emergency_card=False)) == []
        assert fields(draft(kind, flags=[], no_emergency_card=True)) == []
        assert fields(draft(kind, flags=[], no_emergency_card=False)) == ["red_flags"]
        assert fields(draft(kind, flags=["bladder"], no_emergency_card=True)) == ["no_emergency_card"]

    @pytest.mark.parametrize("flags", [["fever"], ["unpublished"]])
    def test_other_signs_or_signs_that_are_not_live_make_no_card(self, flags):
        assert fields(draft("condition", flags=flags)) == ["red_flags"]


def test_where_it_hurts_and_how_sure_we_are():
    assert fields(draft("condition", own=OWN["condition"] | {"region": ""})) == ["region"]
    assert fields(draft("treatment", own=OWN["treatment"] | {"rating": "superb"})) == ["rating"]


def test_numbers_and_drawings_need_their_words():
    data = draft("condition")
    data["sections"][0] |= {"number": 55, "drawing": "sciatic_nerve"}
    data["sections"][2] |= {"drawing": "../../etc/passwd"}
    assert fields(data) == [
        "sections-0-number_text",
        "sections-0-number_note",
        "sections-0-caption",
        "sections-2-drawing",
    ]


def test_rated_treatments_and_movements_are_whole():
    rated = {"treatment_id": None, "name": "Rest", "rating": "", "text": ""}
    assert fields(draft("condition", rated_treatments=[rated])) == [
        "rated_treatments-0-rating",
        "rated_treatments-0-text",
    ]
    move = {"name": "Sit-ups", "leave_out_if": "it hurts", "why": "load", "swap_for": "", "fine_again": ""}
    assert fields(draft("article", movements=[move])) == ["movements-0-swap_for"]


class TestLibrary:
    def flag(self, **values):
        return {
            "key": "bladder",
            "group": "emergency",
            "area": "below_waist",
            "text": "trouble",
            "in_check": True,
        } | values

    def fields(self, *flags, pages=()):
        return [problem.field for problem in library_problems(flags, facts=FACTS, pages=pages)]

    def test_one_emergency_sign_is_enough_and_none_too_few(self):
        assert self.fields(self.flag()) == []
        assert self.fields() == ["group"]
        assert self.fields(self.flag(group="soon")) == ["group"]

    @pytest.mark.parametrize(
        "text", ["", "all of the following: pain", "call 911", "call (201) 555-0142", "call [clinic phone]"]
    )
    def test_words_that_no_sign_may_have(self, text):
        assert self.fields(self.flag(text=text)) == ["text"]

    def test_no_live_page_is_left_without_its_card(self):
        assert self.fields(self.flag(), pages=[("Sciatica", ["bladder"], True), ("Costs", [], False)]) == []
        assert self.fields(self.flag(), pages=[("Sciatica", ["gone"], True)]) == ["group"]
