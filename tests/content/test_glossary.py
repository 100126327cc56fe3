"""Words that open in place: which are marked, where, how often, and the glossary page itself."""

import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.glossary import MOST_IN_SECTION, MOST_ON_PAGE, Marker, alphabet, terms_of
from content.listing import live_terms
from content.models import Glossary, Section, Term
from content.publishing import unpublish
from content.rendering import page_view
from tests.content.factories import make_article, make_condition, make_treatment, publish_flags, publish_page
from tests.content.reading import Soup, by_class, links
from tests.content.test_gate import section
from tests.content.test_rendering import FACTS, LIBRARY, version
from tests.factories import MONDAY_NOON, make_clinic, make_location

ROWS = [
    {"name": "disc", "also": "discs, disk", "meaning": "A cushion between two bones."},
    {"name": "herniated disc", "also": "slipped disc", "meaning": "A disc that has leaked."},
    {"name": "nerve root", "also": "nerve roots", "meaning": "The first part of a nerve."},
    {"name": "US", "also": "", "meaning": "A picture made with sound."},
    {"name": "bone & joint", "also": "surgeon's limits", "meaning": "Two <things>."},
]
TERMS = terms_of(ROWS)


def explained(term):
    return f"[{term.name}]"


def mark(html, terms=TERMS, **options):
    return Marker(terms, meaning_html=explained, **options).mark(html)


def link(id, text):
    return f'<a class="word-link" href="#word-{id}">{text}</a>'


def opened(id, word):
    return f'<details class="word"><summary>What does “{word}” mean?</summary><p id="word-{id}">[{word}]</p></details>'


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ("<p>A disc hurts.</p>", f"<p>A {link('disc', 'disc')} hurts.</p>{opened('disc', 'disc')}"),
        # The longest form counts, whatever its case; the shorter one inside it does not.
        (
            "<p>A Herniated  Disc.</p>",
            f"<p>A {link('herniated-disc', 'Herniated  Disc')}.</p>{opened('herniated-disc', 'herniated disc')}",
        ),
        # Another form is the same word.
        (
            "<p>Disks, then discs.</p>".replace("Disks", "Disk"),
            f"<p>{link('disc', 'Disk')}, then discs.</p>{opened('disc', 'disc')}",
        ),
        # Whole words only.
        (
            "<p>Discuss the mini-disc, disc-like, and discord.</p>",
            "<p>Discuss the mini-disc, disc-like, and discord.</p>",
        ),
        # An abbreviation is none in small letters.
        ("<p>Ask us.</p>", "<p>Ask us.</p>"),
        ("<p>By US.</p>", f"<p>By {link('us', 'US')}.</p>{opened('us', 'US')}"),
        # Characters that HTML writes as entities, and both kinds of apostrophe.
        (
            "<p>Bone &amp; joint.</p>",
            f"<p>{link('bone-joint', 'Bone &amp; joint')}.</p>{opened('bone-joint', 'bone &amp; joint')}".replace(
                "[bone &amp; joint]", "[bone & joint]"
            ),
        ),
        (
            "<p>Your surgeon’s limits.</p>",
            f"<p>Your {link('bone-joint', 'surgeon’s limits')}.</p>{opened('bone-joint', 'bone &amp; joint')}".replace(
                "[bone &amp; joint]", "[bone & joint]"
            ),
        ),
        # Never in a heading, a link or a citation; the next use is the first.
        (
            '<h3>Your disc</h3><p><a href="/x/">disc</a><sup>disc</sup></p><p>A <strong>disc</strong>.</p>',
            '<h3>Your disc</h3><p><a href="/x/">disc</a><sup>disc</sup></p>'
            f"<p>A <strong>{link('disc', 'disc')}</strong>.</p>{opened('disc', 'disc')}",
        ),
        # The meaning follows the whole list, however deep the word stood.
        (
            "<ul><li><p>a disc</p><ul><li>b</li></ul></li></ul><p>c</p>",
            f"<ul><li><p>a {link('disc', 'disc')}</p><ul><li>b</li></ul></li></ul>{opened('disc', 'disc')}<p>c</p>",
        ),
        ("", ""),
    ],
)
def test_a_text(html, marked):
    assert mark(html) == marked


WORDS = st.sampled_from(["disc", "Discs", "herniated disc", "nerve  roots", "US", "us", "&amp;", "a", "[4]", "x-disc"])
INLINE = st.sampled_from(["{}", "<strong>{}</strong>", '<a href="/disc/">{}</a>', "<sup>{}</sup>", "{}<br>"])
BLOCK = st.sampled_from(
    ["<p>{}</p>", "<h3>{}</h3>", "<ul><li>{}</li></ul>", "<ol><li><p>{}</p><ul><li>b</li></ul></li></ol>"]
)


@given(st.lists(st.tuples(BLOCK, st.lists(st.tuples(INLINE, WORDS), max_size=6)), max_size=5))
def test_marking_adds_and_changes_nothing_that_was_there(blocks):
    html = "".join(block.format(" ".join(mark.format(word) for mark, word in parts)) for block, parts in blocks)
    marked = mark(html)
    without = re.sub(
        r'<a class="word-link" href="#[\w-]+">(.*?)</a>', r"\1", re.sub(r"<details.*?</details>", "", marked)
    )
    assert without == html
    targets = re.findall(r'class="word-link" href="#([\w-]+)"', marked)
    assert targets == re.findall(r'<p id="([\w-]+)">', marked)
    assert len(targets) == len(set(targets)) <= MOST_IN_SECTION


def test_nothing_in_an_attribute_is_touched():
    html = '<p><a href="/disc/?disc">more</a></p>'
    assert mark(html) == html


def test_only_the_first_use_and_only_so_many():
    names = [f"word{letter}" for letter in "abcdefghijklmn"]
    terms = terms_of([{"name": name, "also": "", "meaning": "x"} for name in names])
    marker = Marker(terms, meaning_html=explained)
    sections = [marker.mark(f"<p>{' '.join(names)}</p>").count("<details") for _ in range(6)]
    assert sections == [MOST_IN_SECTION] * (MOST_ON_PAGE // MOST_IN_SECTION) + [0, 0]


def test_what_the_page_itself_explains_is_no_word_to_look_up():
    html = "<p>A slipped disc presses a nerve root.</p>"
    assert "word-herniated-disc" not in mark(html, own_names=("Herniated disc", ""))


def test_ids_are_unique_and_empty_rows_are_left_out():
    rows = [{"name": name, "also": " ,, ", "meaning": "x"} for name in ("X-ray", "x ray", "山", " ", "\u200b")]
    rows.append({"name": "Empty", "also": "", "meaning": " "})
    terms = terms_of(rows)
    assert [term.id for term in terms] == ["word-x-ray", "word-x-ray-x", "word-3"]
    assert [term.also for term in terms] == [(), (), ()]


def test_from_a_to_z_without_accents_and_the_rest_last():
    names = ["zygote", "Éclair", "3D scan", "edema", "山", "apple"]
    rows = [{"name": name, "also": "", "meaning": "x"} for name in names]
    assert [(letter, [term.name for term in terms]) for letter, terms in alphabet(terms_of(rows))] == [
        ("A", ["apple"]),
        ("E", ["edema", "Éclair"]),
        ("Z", ["zygote"]),
        ("#", ["3D scan", "山"]),
    ]


def view(**values):
    return page_view(version(**values), library=LIBRARY, facts=FACTS, terms=TERMS)


def test_a_care_card_holds_no_word_to_press():
    body = "<ul><li>a disc</li></ul>"
    page = view(sections=[section("see_someone", body=body), section("causes", body=body)])
    assert page.sections[0].body == body
    assert "word-link" in page.sections[1].body


def test_hostile_terms_are_inert():
    rows = [{"name": "<b>disc", "also": '"><script>', "meaning": "<script>alert(1)</script> [emergency number]"}]
    page = page_view(
        version(sections=[section("causes", body="<p>A &lt;b&gt;disc.</p>")]),
        library=LIBRARY,
        facts=FACTS,
        terms=terms_of(rows),
    )
    body = page.sections[0].body
    assert "<script" not in body
    assert "<b>" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 911" in body


@pytest.mark.django_db
class TestPages:
    @pytest.fixture(autouse=True)
    def clinic(self, time_machine):
        time_machine.move_to(MONDAY_NOON, tick=False)
        make_location()
        return make_clinic()

    @pytest.fixture
    def glossary(self):
        page = Glossary.objects.create(
            slug="glossary",
            title="Words",
            summary="What they mean.",
            search_description="A description for search engines that is long enough to pass.",
            no_emergency_card=True,
        )
        Section.objects.create(page=page, key="terms", body="<p>A disc is explained below.</p>")
        for row in ROWS:
            Term.objects.create(glossary=page, **row)
        return publish_page(page)

    def test_a_page_explains_its_first_words_and_leads_to_all(self, glossary, visit, soup):
        publish_flags()
        page = make_condition(slug="sciatica")
        Section.objects.filter(page=page, key="symptoms").update(body="<p>A disc. A nerve root. A disc.</p>")
        publish_page(page)
        root = visit("/conditions/sciatica/")
        words = by_class(root, "word")
        assert [soup.text(word) for word in words] == [
            "What does “disc” mean? A cushion between two bones.",
            "What does “nerve root” mean? The first part of a nerve.",
        ]
        ids = {element.attrib["id"] for word in words for element in word.iter() if "id" in element.attrib}
        assert {link.attrib["href"] for link in by_class(root, "word-link")} == {f"#{id}" for id in ids}
        assert "/glossary/" in links(next(e for e in root.iter("section") if e.attrib.get("id") == "sources"))

    def test_without_a_glossary_a_page_is_as_before(self, visit):
        make_condition(published=True, slug="sciatica")
        root = visit("/conditions/sciatica/")
        assert not by_class(root, "word")
        assert "/glossary/" not in links(by_class(root, "art")[0])

    def test_a_draft_or_a_glossary_taken_off_explains_nothing(self, glossary):
        assert len(live_terms("en")) == len(ROWS)
        assert live_terms("es") == ()
        Term.objects.filter(name="disc").update(meaning="Only saved.")
        assert "Only saved." not in [term.meaning for term in live_terms("en")]
        unpublish(page=glossary, by=None, why="", now=MONDAY_NOON + datetime.timedelta(days=1))
        assert live_terms("en") == ()

    def test_the_page_of_words_from_a_to_z(self, glossary, visit, soup):
        root = visit("/glossary/")
        assert not by_class(root, "word")
        assert links(by_class(root, "letters")[0]) == ["#letter-b", "#letter-d", "#letter-h", "#letter-n", "#letter-u"]
        ids = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
        assert {"letter-b", "word-disc", "word-nerve-root", "word-us"} <= ids
        disc = next(e for e in root.iter("div") if e.attrib.get("id") == "word-disc")
        assert soup.text(disc) == "disc A cushion between two bones. Also: discs, disk"

    def test_a_new_glossary_reaches_pages_that_browsers_keep(self, glossary, client):
        make_treatment(published=True, slug="heat")
        before = client.get("/treatments/heat/").headers["ETag"]
        Term.objects.create(glossary=glossary, name="session", meaning="One visit.")
        publish_page(glossary, now=MONDAY_NOON + datetime.timedelta(hours=1))
        assert client.get("/treatments/heat/").headers["ETag"] != before
        assert "What does “session” mean?" in Soup.text(Soup.parse(client.get("/treatments/heat/").content.decode()))

    def test_it_costs_one_query(self, glossary, client, django_assert_num_queries):
        make_article(published=True, slug="moves")
        client.get("/articles/moves/")
        for number in range(40):
            Term.objects.create(glossary=glossary, name=f"thing {number}", meaning="A thing.")
        publish_page(glossary, now=MONDAY_NOON + datetime.timedelta(hours=1))
        with django_assert_num_queries(1):
            live_terms("en")
