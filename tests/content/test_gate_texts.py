"""Headings, links, spoken numbers and the card that some pages never go without: broken one at a time."""

import pytest

from content.anatomy import PageKind
from content.errors import Problem
from content.gate import Facts, page_problems
from content.wording import has_number
from tests.content.test_gate import FACTS, draft, fields, section


def article(body):
    data = draft("article")
    data["sections"][0]["body"] = body
    return data


class TestHeadings:
    @pytest.mark.parametrize(
        "body",
        [
            "<p>Words.</p>",
            "<h3>One</h3><p>Words.</p>",
            "<h3>One</h3><h4>Two</h4><p>Words.</p><h4>Three</h4><h3>Four</h3>",
            "<p>Words.</p><h3>One</h3><h3>Two</h3>",
        ],
    )
    def test_in_order(self, body):
        assert fields(article(body)) == []

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("<h4>One</h4><p>Words.</p>", "One"),
            ("<p>Words.</p><h4>One</h4><h3>Two</h3>", "One"),
            ("<h3></h3><p>Words.</p>", "without words"),
            ("<h3><br></h3><p>Words.</p>", "without words"),
            ("<h3>One</h3><h4>\u00a0</h4><p>Words.</p>", "without words"),
        ],
    )
    def test_skipped_or_empty(self, body, said):
        (problem,) = page_problems(article(body), FACTS)
        assert problem.field == "sections-0-body"
        assert said in problem.text

    def test_none_in_a_care_card_or_beside_a_rating(self):
        data = draft("condition")
        data["sections"][2]["body"] = "<h3>One</h3><ul><li>it lasts</li></ul>"
        rated = {"treatment_id": None, "name": "Rest", "rating": "unclear", "text": "<h3>One</h3><p>Words.</p>"}
        data["rated_treatments"] = [rated]
        assert fields(data) == ["sections-2-body", "rated_treatments-0-text"]


class TestLinks:
    @pytest.mark.parametrize("words", ["our team", "more about costs", "here is how heat helps", "cms.gov/nosurprises"])
    def test_words_that_say_where_they_lead(self, words):
        assert fields(article(f'<p>Read <a href="/team/">{words}</a>.</p>')) == []

    @pytest.mark.parametrize(
        "words",
        [
            *("here", "Here", "click here", "CLICK HERE!", "read more…", "more »", "this link", "Learn more.", "→"),
            *("haga clic aquí", "<strong>here</strong>", "https://nhs.uk/heat", "www.nhs.uk", "", "\u00a0", "ｈｅｒｅ"),
        ],
    )
    def test_words_that_do_not(self, words):
        assert fields(article(f'<p>Words <a href="/team/">{words}</a>.</p>')) == ["sections-0-body"]

    @pytest.mark.parametrize("link", ['<a href="">our team</a>', '<a href="#">our team</a>', "<a>our team</a>"])
    def test_an_address_that_is_none(self, link):
        assert fields(article(f"<p>{link}</p>")) == ["sections-0-body"]

    def test_links_that_lead_nowhere_come_from_outside(self):
        broken = Problem("sections-0-body", "The link leads nowhere.")
        facts = Facts(FACTS.flag_groups, broken_links=(broken,))
        assert page_problems(draft("article"), facts) == [broken]

    def test_a_number_hidden_in_the_address(self):
        assert fields(article('<p><a href="tel:%39%31%31">Help</a></p>')) == ["sections-0-body"]


@pytest.mark.parametrize(
    "text",
    [
        *("911", "9-1-1", "9 1 1", "9.1.1", "9/1/1", "9 - 1 - 1", "9·1·1", "(911)", "911.", "９１１", "٩١١", "⑨①①"),
        *("nine one one", "Nine-one-one", "nine  one one", "9 one one", "nueve uno uno", "9\ufe0f\u20e31\ufe0f\u20e31"),
    ],
)
def test_a_number_however_it_is_typed(text):
    assert has_number(f"Call {text} now", "911")


@pytest.mark.parametrize("text", ["1911", "9112", "0.911", "911.5", "nine or one", "someone one", "grade 9, 11 people"])
def test_other_numbers_are_none(text):
    assert not has_number(f"In {text} now", "911")


class TestCard:
    """Never “none” on pages about a spine, exercise, manual therapy or an operation."""

    def without_card(self, kind, **values):
        return draft(kind, flags=[], no_emergency_card=True, **values)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("title", "Stretching in the morning"),
            ("title", "Massage, and what it does"),
            ("title", "After your operation"),
            ("slug", "back-pain-at-work"),
            ("search_words", "lumbago, spinal fusion"),
            ("medical_name", "lumbar discectomy"),
        ],
    )
    def test_names_and_search_words_of_an_article(self, name, words):
        assert fields(self.without_card("article")) == []
        assert fields(self.without_card("article", **{name: words})) == ["no_emergency_card"]

    def test_series_and_headings_of_an_article(self):
        data = self.without_card("article")
        data["own"]["series"] = "Exercises"
        assert fields(data) == ["no_emergency_card"]
        data = self.without_card("article")
        data["sections"] = [section("question", heading="Can I do sports after surgery?")]
        assert fields(data) == ["no_emergency_card"]

    def test_an_article_that_leads_on_to_a_condition(self):
        facts = Facts(FACTS.flag_groups, spine_pages=frozenset({7}))
        assert fields(self.without_card("article", related=[8]), facts) == []
        assert fields(self.without_card("article", related=[7]), facts) == ["no_emergency_card"]

    def test_practical_pages_by_their_names_only(self):
        assert fields(self.without_card("info", search_words="physical therapy, back pain", related=[7])) == []
        assert fields(self.without_card("info", title="Hours of operation")) == []
        assert fields(self.without_card("info", title="Exercise leaflets")) == ["no_emergency_card"]

    def test_the_glossary_explains_such_words(self):
        assert fields(self.without_card("glossary", title="Words about the spine")) == []

    def test_the_sentence_names_the_word(self):
        (problem,) = page_problems(self.without_card("article", title="Strengthening at home"), FACTS)
        assert "“Strengthening”" in problem.text


def test_contraindications_may_be_none_known_but_not_empty():
    data = draft("treatment")
    index = next(number for number, part in enumerate(data["sections"]) if part["key"] == "contraindications")
    data["sections"][index]["body"] = "<p>None known.</p>"
    assert fields(data) == []
    data["sections"][index]["body"] = ""
    (problem,) = page_problems(data, FACTS)
    assert problem == Problem(
        f"sections-{index}-body", "Say who should not have it. If nobody is known, write “None known.”"
    )


@pytest.mark.parametrize("year", ["12", "2", "99", "18750", "3026"])
def test_a_year_is_one_of_ours(year):
    source = {"number": 1, "citation": "Study", "year": year, "url": ""}
    assert fields(draft("article", sources=[source])) == ["sources-0-year"]


@pytest.mark.parametrize("kind", PageKind.values)
def test_a_whole_page_of_each_kind_still_passes(kind):
    assert page_problems(draft(kind), FACTS) == []
