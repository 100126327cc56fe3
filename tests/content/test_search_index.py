"""The index says what live pages say: written and forgotten with the publishing, and written again by a command."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from clinic.site import load_site
from content.models import Glossary, Page, SearchEntry, SearchPosting, Section, Term
from content.publishing import publish, unpublish
from content.search.finding import search
from tests.content.factories import (
    add_section,
    make_article,
    make_condition,
    make_every_kind,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    clinic = make_clinic()
    publish_flags()
    return clinic


@pytest.fixture
def found():
    """Addresses of what a search finds, best first; with the section where one answers."""

    def found(query, *, sections=False):
        answer = search(query, site=load_site(now=timezone.now()), language="en")
        return [(sections and result.section_url) or result.url for result in answer.results]

    return found


class TestPublishing:
    def test_a_page_is_found_from_the_moment_it_is_live(self, found):
        page = make_condition(title="Quorvax syndrome", slug="quorvax")
        assert found("quorvax") == []
        publish_page(page)
        assert found("quorvax") == ["/conditions/quorvax/"]

    def test_words_that_grow_when_they_are_folded_fit_into_the_index(self, found):
        # A Hangul syllable is two or three letters to Unicode.
        page = make_condition(published=True, title="Words in Korean", slug="korean", search_words="척추관협착증" * 6)
        postings = SearchPosting.objects.filter(entry__page=page)
        for column in ("stem", "word"):
            most = SearchPosting._meta.get_field(column).max_length
            assert max(map(len, postings.values_list(column, flat=True))) == most

    def test_an_index_that_is_behind_leads_to_no_page_that_is_gone(self, found):
        page = make_condition(published=True, title="Quorvax syndrome", slug="quorvax")
        Page.objects.filter(pk=page.pk).update(live_version=None, live_slug="", live_since=None)
        assert found("quorvax") == []

    def test_a_draft_is_not(self, found):
        page = make_condition(published=True, title="Quorvax syndrome", slug="quorvax")
        page.title = "Zelmira syndrome"
        page.save()
        Section.objects.filter(page=page, key="expect").update(body="<p>Brontide.</p>")
        assert found("quorvax") == ["/conditions/quorvax/"]
        assert found("zelmira") == found("brontide") == []
        publish_page(page)
        assert found("quorvax") == []
        assert found("zelmira") == found("brontide") == ["/conditions/quorvax/"]

    def test_taken_off_the_site_is_forgotten(self, found):
        page = make_condition(published=True, title="Quorvax syndrome")
        unpublish(page=page, by=None, why="", now=MONDAY_NOON)
        assert found("quorvax") == []
        assert not SearchEntry.objects.exists()
        assert not SearchPosting.objects.exists()

    def test_what_was_rolled_back_is_not_found(self, found):
        page = make_condition(title="Quorvax syndrome")
        make_condition(published=True)
        with transaction.atomic():
            publish(page=page, by=None, why="", now=MONDAY_NOON)
            transaction.set_rollback(True)
        assert found("quorvax") == []

    def test_every_process_learns_the_new_words(self, found):
        make_condition(published=True, title="Sciatica", slug="sciatica")
        assert found("quorvas") == []
        make_condition(published=True, title="Quorvax syndrome", slug="quorvax")
        assert found("quorvas") == ["/conditions/quorvax/"]


class TestWhatIsFound:
    def test_every_kind(self, found):
        make_every_kind()
        for query, url in {
            "sore back": "/conditions/sciatica/",
            "contraindications": "/treatments/heat/",
            "article moving": "/articles/moves/",
            "practical bring": "/visit/",
        }.items():
            assert found(query)[0] == url, query

    def test_a_word_of_the_glossary_leads_to_its_place(self, found):
        glossary = make_glossary()
        Term.objects.create(glossary=glossary, name="radiculitis", also="root pain", meaning="A sore nerve root.")
        publish_page(glossary)
        assert found("radiculitis")[0] == "/glossary/#word-radiculitis"
        assert found("root pain")[0] == "/glossary/#word-radiculitis"

    def test_hidden_words_and_medical_names(self, found):
        make_condition(
            published=True,
            slug="quorvax",
            medical_name="syndroma quorvacis",
            also_called="vexed back",
            search_words="lumbagone, zelmira",
        )
        for query in ("quorvacis", "vexed", "zelmira"):
            assert found(query) == ["/conditions/quorvax/"], query

    def test_all_parts_of_a_page(self, found):
        article = make_article(published=True, slug="moves", movements=1)
        Section.objects.filter(page=article, key="movements").update(heading="Brontide moves")
        publish_page(article)
        assert found("brontide", sections=True) == ["/articles/moves/#movements"]
        assert "/articles/moves/" in found("rest load hurts")
        treatment = make_treatment(slug="heat")
        add_section(treatment, "at_home", dont="fall asleep on a vellichor")
        publish_page(treatment)
        assert found("vellichor", sections=True) == ["/treatments/heat/#at_home"]

    def test_a_do_not_keeps_its_not(self):
        treatment = make_treatment(slug="heat")
        add_section(treatment, "at_home", do="breathe", dont="sleep on a vellichor")
        publish_page(treatment)
        passages = SearchEntry.objects.get(page=treatment).passages
        assert "Do not sleep on a vellichor" in next(p for p in passages if p["key"] == "at_home")["lines"]

    def test_no_sentence_with_a_number_to_come_is_quoted(self):
        page = make_condition()
        Section.objects.filter(page=page, key="expect").update(
            body="<p>It eases. [1] Call [emergency number] at once. Or [clinic phone] if you like.</p>"
        )
        publish_page(page)
        passages = SearchEntry.objects.get(page=page).passages
        assert next(p for p in passages if p["key"] == "expect")["lines"] == ["It eases."]

    def test_title_beats_mention(self, found):
        mention = make_info(slug="visit")
        Section.objects.filter(page=mention).update(body="<p>" + "Quorvax and quorvax. " * 30 + "</p>")
        publish_page(mention)
        make_treatment(published=True, title="Quorvax", slug="quorvax")
        assert found("quorvax") == ["/treatments/quorvax/", "/visit/"]

    def test_a_deleted_page_is_gone(self, found):
        page = make_condition(published=True, title="Quorvax syndrome")
        SearchEntry.objects.filter(page=page).delete()
        assert found("quorvax") == []


class TestRebuild:
    def test_it_writes_what_publishing_wrote(self, capsys):
        make_every_kind()
        before = snapshot()
        SearchEntry.objects.all().delete()
        call_command("rebuild_search")
        assert snapshot() == before
        assert "5 pages can be found." in capsys.readouterr().out

    def test_it_forgets_what_is_not_live(self):
        page = make_condition(published=True)
        SearchEntry.objects.create(
            page=make_condition(), language="en", kind="condition", title="Left over", passages=[], salt=1
        )
        call_command("rebuild_search", verbosity=0)
        assert set(SearchEntry.objects.values_list("page_id", flat=True)) == {page.pk}

    def test_versions_of_the_first_schema_are_found_too(self, found):
        page = make_condition(published=True, title="Quorvax", slug="quorvax")
        data = dict(page.live_version.data)
        for later in ("search_words", "terms"):
            del data[later]
        version = page.versions.create(number=2, schema=1, data=data, created_at=MONDAY_NOON)
        Page.objects.filter(pk=page.pk).update(live_version=version)
        call_command("rebuild_search", verbosity=0)
        assert found("quorvax") == ["/conditions/quorvax/"]


def make_glossary():
    glossary = Glossary.objects.create(
        slug="glossary",
        title="Words and what they mean",
        tagline="Plain words",
        summary="What words mean.",
        search_description="A description for search engines that is long enough to pass.",
        no_emergency_card=True,
    )
    add_section(glossary, "terms")
    return glossary


def snapshot():
    entries = SearchEntry.objects.order_by("page", "anchor")
    return [
        (
            entry.page_id,
            entry.kind,
            entry.anchor,
            entry.title,
            entry.passages,
            sorted(entry.postings.values_list("stem", "word", "weight")),
        )
        for entry in entries
    ]
