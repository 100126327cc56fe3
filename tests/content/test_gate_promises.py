"""What the gate promises for any draft: it never fails, it names real fields, what it lets through is in order."""

import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.anatomy import SECTIONS, PageKind
from content.drafts import OWN_FIELDS, PAGE_FIELDS
from content.gate import MOVEMENT_TEXTS, Facts, page_problems
from content.publishing import page_draft_problems
from content.rich_text import sanitise
from tests.content.factories import make_article, make_glossary, publish_flags, publish_page
from tests.content.test_gate import FACTS, OWN
from tests.factories import make_clinic

words = st.text(max_size=30) | st.sampled_from(["", "911", "here", "[1, 9]", "[clinic phone]", "nine one one", "Spine"])
blocks = st.sampled_from(
    [
        *("<p>Words.</p>", "<h3>One</h3>", "<h4>Two</h4>", "<h3></h3>", "<ul><li>a</li></ul>", "<p>911</p>"),
        *('<p><a href="/x/">here</a></p>', '<p><a href="tel:911">x</a></p>', "<p>[3]</p>", "<p></p>"),
    ]
)
bodies = st.lists(blocks, max_size=4).map("".join) | words.map(sanitise)
numbers = st.none() | st.integers(0, 100)


def rows(**columns):
    return st.lists(st.fixed_dictionaries(columns), max_size=3)


@st.composite
def drafts(draw):
    kind = draw(st.sampled_from(PageKind.values))
    keys = st.sampled_from([part.key for part in SECTIONS[PageKind(kind)]] + ["gone"])
    sections = rows(
        key=keys,
        body=bodies,
        number=numbers,
        image=st.none(),
        **dict.fromkeys(
            ("heading", "unlikely_if", "do", "dont", "number_text", "number_note", "drawing", "caption"), words
        ),
    )
    own = {name: draw(words) if isinstance(value, str) else value for name, value in OWN[kind].items()}
    texts = dict.fromkeys(("title", "slug", "medical_name", "tagline", "summary", "search_description"), words)
    return draw(st.fixed_dictionaries(texts)) | {
        "kind": kind,
        "language": "en",
        "search_words": draw(words),
        "no_emergency_card": draw(st.booleans()),
        "order": 0,
        "own": own,
        "flags": draw(st.lists(st.sampled_from(["bladder", "fever", "gone"]), max_size=2)),
        "related": draw(st.lists(st.integers(1, 3), max_size=2)),
        "sections": draw(sections),
        "sources": draw(rows(number=st.integers(0, 9), citation=words, year=words, url=words)),
        "rated_treatments": draw(rows(treatment_id=st.none(), name=words, rating=words, text=bodies)),
        "movements": draw(rows(name=words, drawing=words, **dict.fromkeys(MOVEMENT_TEXTS[1:], words))),
        "terms": draw(rows(name=words, also=words, meaning=words)),
    }


def fields_of(data):
    """Every field that the form of this draft has."""
    names = {*PAGE_FIELDS, *OWN_FIELDS[PageKind(data["kind"])], "red_flags", "related", "sections", "sources"}
    for group in ("sections", "sources", "rated_treatments", "movements", "terms"):
        names |= {f"{group}-{index}-{column}" for index, row in enumerate(data[group]) for column in row}
    return names


@given(drafts(), st.sampled_from([FACTS, Facts(), Facts(FACTS.flag_groups, spine_pages=frozenset({1}))]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_never_fails_and_names_real_fields_in_one_sentence(data, facts):
    known = fields_of(data)
    for problem in page_problems(data, facts):
        assert problem.field in known
        assert problem.text.strip()


class TestOnThePage:
    @pytest.fixture(autouse=True)
    def site(self, db):
        make_clinic()
        publish_flags()
        # Its words open inside texts of other pages.
        make_glossary(published=True, terms=("disc", "nerve root"))

    @staticmethod
    def levels(client, slug):
        html = client.get(f"/articles/{slug}/").content.decode()
        return [int(level) for level in re.findall(r"<h([1-6])\b", html)]

    @given(
        st.lists(st.sampled_from(["<h3>One</h3>", "<h4>Two</h4>", "<p>A disc.</p>", "<h3></h3>"]), max_size=5).map(
            "".join
        )
    )
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_what_it_lets_through_skips_no_heading_level(self, client, parts):
        page, question = make_article(movements=1), "".join(["<p>Start.</p>", *parts])
        page.sections.filter(key="question").update(body=question)
        problems = page_draft_problems(page)
        if problems:
            assert {problem.field for problem in problems} == {"sections-0-body"}
            # Doing what the sentence says: larger headings first, empty ones out.
            question = question.replace("h4", "h3").replace("<h3></h3>", "")
            page.sections.filter(key="question").update(body=question)
        publish_page(page)
        levels = self.levels(client, page.slug)
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels

    def test_without_the_rule_a_level_would_be_skipped(self, client, monkeypatch):
        monkeypatch.setattr("content.gate.heading_problems", lambda *_: ())
        page = make_article()
        page.sections.update(body="<h4>Small</h4><p>Words.</p>")
        publish_page(page)
        assert (2, 4) in set(pairwise(self.levels(client, page.slug)))
