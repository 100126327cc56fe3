"""What is worth a look in a draft, and what is left alone: advice that cries wolf is advice nobody reads."""

import pytest

from content.drafts import draft_data
from content.editing.advice import AdviceFacts, page_advice
from content.editing.advice_facts import advice_facts
from content.models import Condition, ExternalLink, Page
from content.publishing import page_draft_problems
from tests.content.factories import add_source, make_article, make_condition, make_glossary, publish_flags, publish_page
from tests.content.sample_site import seeded, seeded_once
from tests.content.test_gate import draft
from tests.factories import make_clinic

__all__ = ["seeded", "seeded_once"]
LONG = "We will look at how you walk and bend and then talk with you about what you want most again soon."


def advice_on(body, facts=None, kind="article", **values):
    data = draft(kind, **values)
    data["sections"][0]["body"] = body
    return page_advice(data, facts or AdviceFacts())


def texts(body, facts=None):
    return [advice.text for advice in advice_on(f"<p>{body}</p>", facts)]


def test_a_plain_page_has_none():
    assert advice_on("<p>Walk a little each day. Rest when you need to.</p><ul><li>stand up often</li></ul>") == []


class TestSentences:
    def test_twenty_words_pass_and_one_more_is_named(self):
        assert texts(LONG.replace(" soon", "")) == []
        assert texts(LONG) == ["A sentence of 21 words is hard to follow: “We will look at how you walk…”."]

    def test_several_in_one_field_are_one_line(self):
        (text,) = texts(f"{LONG} {LONG[:-1]} and more.")
        assert text.startswith("2 sentences have more than 20 words. The longest has 23:")

    def test_list_items_and_headings_end_a_sentence(self):
        half = "one two three four five six seven eight nine ten eleven"
        assert advice_on(f"<h3>{half}</h3><ul><li>{half}</li><li>{half}</li></ul>") == []

    def test_what_somebody_else_said_is_left_alone(self):
        assert texts(f"She wrote: “{LONG}”") == []

    def test_a_paragraph_of_four(self):
        assert texts("One is. Two are. Three are.") == []
        assert texts("One is. Two are. Three are: here. Four are. [3]") == [
            "A paragraph of 4 sentences looks long on a phone: “One is.”."
        ]

    def test_a_hard_page_points_at_its_hardest_part(self):
        hard = "Individualized rehabilitation facilitates functional restoration of musculoskeletal capabilities. " * 12
        found = advice_on(f"<p>{hard}</p>")
        assert [advice.field for advice in found if "grade" in advice.text] == ["sections-0-body"]


class TestWords:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("This cures back pain.", "cures"),
            ("We guarantee relief.", "guarantee"),
            ("It always works.", "always"),
            ("It never fails.", "never fails"),
            ("100 % of people get better.", "100 %"),
            ("A proven method.", "proven"),
            ("It is painless.", "painless"),
            ("It is completely safe.", "completely safe"),
            ("Heat has no side effects.", "no side effects"),
            ("An easy way to walk.", "easy way"),
            ("Simply stretch.", "Simply"),
            ("Of course you can.", "Of course"),
            ("He suffers from sciatica.", "suffers from"),
            ("It is wear and tear.", "wear and tear"),
            ("Noncompliant people fail.", "Noncompliant"),
        ],
    )
    def test_what_promises_belittles_or_blames(self, text, word):
        (found,) = texts(text)
        assert f"“{word}”" in found

    @pytest.mark.parametrize(
        "text",
        [
            "No pill cures it.",
            "There is no cure. Heat is not a cure either.",
            "Nobody can guarantee that.",
            "Never ignore fever.",
            "Moving is safe for most people.",
            "Does pain always mean harm?",
            "You may always say no.",
            "It is not proven.",
            "It is not easy to rest.",
            "Others say “it always works”.",
            "Beware of clinics that promise a cure.",
            "Accurate, secure, procured, uneasy.",
        ],
    )
    def test_what_is_left_alone(self, text):
        assert texts(text) == []

    def test_one_line_for_a_word_however_often_it_stands(self):
        assert len(texts("It always works. It always helps. It always heals.")) == 1


class TestJargon:
    def test_a_word_from_a_letter_is_named_once(self):
        assert texts("The thecal sac is near the foramen. The foramen is small.") == [
            "Patients may not know “thecal sac”, “foramen”, and the glossary does not explain them."
        ]

    def test_words_of_the_glossary_open_where_they_stand(self):
        facts = AdviceFacts(terms=frozenset({"foramen", "thecal sac", "lumbar spine"}))
        assert texts("The thecal sac is near the Foramen of the lumbar spine.", facts) == []

    def test_the_page_explains_its_own_name(self):
        assert advice_on("<p>A stenosis is narrow.</p>", medical_name="lumbar stenosis") == []


def test_a_bold_line_that_stands_for_a_heading():
    assert [advice.text for advice in advice_on("<p><strong>At home</strong></p><p>Walk.</p>")] == [
        "“At home” looks like a heading. Make it one, so that it can be found."
    ]
    assert advice_on("<p><strong>Walk.</strong></p><p>Rest.</p>") == []


def test_a_long_description_of_a_picture():
    data = draft("article")
    data["sections"][0]["image"] = {"alt": "a" * 126, "is_decorative": False}
    assert [advice.field for advice in page_advice(data, AdviceFacts())] == ["sections-0-image_alt"]
    data["sections"][0]["image"]["alt"] = "a" * 125
    assert page_advice(data, AdviceFacts()) == []


def test_links_that_died():
    facts = AdviceFacts(dead_links=frozenset({"https://dead.example/a?b=1&c=2"}))
    link = '<a href="https://dead.example/a?b=1&amp;c=2#part">the study</a>'
    assert [advice.field for advice in advice_on(f"<p>{link}</p>", facts)] == ["sections-0-body"]
    assert advice_on(link.replace("dead", "live"), facts) == []


@pytest.mark.django_db
class TestFacts:
    @pytest.fixture(autouse=True)
    def clinic(self):
        make_clinic()
        publish_flags()

    def facts(self, page):
        page = type(page).objects.get(pk=page.pk)
        return advice_facts(page, draft_data(page.pk))

    def test_words_of_the_live_glossary(self):
        page = make_article()
        assert self.facts(page).terms == frozenset()
        make_glossary(published=True, terms=("disc",))
        assert self.facts(page).terms == {"disc"}

    def test_only_dead_links_of_this_page(self):
        page = make_article()
        add_source(page, url="https://dead.example/")
        for name, is_dead in (("dead", True), ("other", True), ("live", False)):
            ExternalLink.objects.create(url=f"https://{name}.example/", is_dead=is_dead)
        assert self.facts(page).dead_links == {"https://dead.example/"}

    def test_a_live_page_that_nothing_leads_to(self):
        page = make_article(published=True, slug="alone")
        assert not self.facts(page).is_linked
        other = make_condition()
        other.related.add(page)
        publish_page(other)
        assert self.facts(page).is_linked

    def test_a_link_in_a_text_leads_there_too(self):
        page = make_article(published=True, slug="alone")
        other = make_condition()
        other.sections.filter(key="expect").update(body='<p><a href="/articles/alone/#main">Moves</a></p>')
        assert self.facts(page).is_linked

    def test_a_draft_need_not_be_linked(self):
        assert self.facts(make_article()).is_linked

    def test_it_asks_four_questions(self, django_assert_num_queries):
        page = make_article(published=True)
        add_source(page, url="https://study.example/")
        page = Page.objects.get(pk=page.pk)
        data = draft_data(page.pk)
        with django_assert_num_queries(4):
            advice_facts(page, data)


def test_the_sample_texts_have_little_to_look_at_and_nothing_to_correct(seeded):
    counts = {}
    for page in Page.objects.all():
        data = draft_data(page.pk)
        assert page_draft_problems(page) == [], page
        counts[page.title] = len(page_advice(data, advice_facts(page, data)))
    assert sum(counts.values()) <= 20
    assert max(counts.values()) <= 3
    assert Condition.objects.count() == 7
