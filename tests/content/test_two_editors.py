"""Two editors at one page: whoever is second is told, sees both texts, and loses nothing."""

import pytest
from django.test import Client

from clinic.version_check import VersionCheck
from content.models import PageVersion, RedFlag, Section, Source
from tests.content.factories import (
    add_section,
    make_article,
    make_condition,
    make_flag,
    make_glossary,
    make_info,
    make_treatment,
    publish_flags,
)
from tests.content.reading import Soup, by_class, change_url, form_data
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_publisher

pytestmark = pytest.mark.django_db
TOLD = "Not saved yet: somebody saved something else meanwhile"


class Desk:
    """An editor with a browser window open."""

    def __init__(self, user):
        self.user = user
        self.client = Client()
        self.client.force_login(user)

    def open(self, url):
        self.url = url
        self.read(self.client.get(url))
        return self

    def read(self, answer):
        self.html = answer.content.decode()
        self.root = Soup.parse(self.html)
        self.data = form_data(self.root)

    def save(self, button="_continue", **changes):
        """Presses the button; a page that comes back at once is what is open from then on."""
        answer = self.client.post(self.url, self.data | changes | {button: "Go"}, follow=True)
        assert answer.status_code == 200
        self.read(answer)
        return self

    @property
    def is_told(self):
        return TOLD in self.html

    @property
    def differing(self):
        """{label: (saved, typed)} of what the page shows side by side."""
        found = {}
        for part in by_class(self.root, "overtaken-part"):
            labels = [Soup.text(label) for label in part.iter("h4")]
            texts = [Soup.text(text) for text in by_class(part, "overtaken-text")]
            found |= dict(zip(labels, zip(texts[::2], texts[1::2], strict=True), strict=True))
        return found

    @property
    def box(self):
        return Soup.text(by_class(self.root, "overtaken")[0])


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


@pytest.fixture
def ana():
    return Desk(make_publisher("ana", first_name="Ana", last_name="Silva"))


@pytest.fixture
def ben():
    return Desk(make_publisher("ben"))


KINDS = [make_condition, make_treatment, make_article, make_info, make_glossary]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("button", ["_continue", "_publish"])
def test_the_second_saves_and_publishes_nothing_and_sees_both_texts(ana, ben, make, button):
    publish_flags()
    page = make(title="As it was")
    for desk in (ana, ben):
        desk.open(change_url(page))
    ana.save(title="From Ana")
    ben.save(button, title="From Ben", why="Shorter")
    page.refresh_from_db()
    assert (page.title, page.live_version) == ("From Ana", None)
    assert ben.is_told
    assert ben.differing == {"Title": ("From Ana", "From Ben")}
    assert "Since you opened this form, Ana Silva saved it, at 12:00 PM." in ben.box
    assert (ben.data["title"], ben.data["why"]) == ("From Ben", "Shorter")


def test_only_what_differs_is_shown_in_words(ana, ben):
    publish_flags()
    page = make_condition(summary="One.\nTwo.", region="neck")
    for desk in (ana, ben):
        desk.open(change_url(page))
    bladder, fever = (str(RedFlag.objects.get(key=key).pk) for key in ("bladder", "fever"))
    ana.save(region="leg", red_flags=[bladder], **{"sections-0-body": "<p>Hers &amp; <strong>bold</strong></p>"})
    ben.save(
        summary="One.\r\nTwo.",
        region="upper_back",
        red_flags=[fever],
        no_emergency_card="on",
        **{"sections-0-body": "<ul><li>His</li><li>Own</li></ul>"},
    )
    assert ben.differing == {
        "Where it hurts": ("Down the leg", "Upper back"),
        "Warning signs shown on this page": (
            "emergency, now: trouble starting or stopping your pee",
            "a doctor today: back pain with fever",
        ),
        "This page needs no emergency card": ("No", "Yes"),
        "Text": ("Hers & bold", "- His - Own"),
    }


def test_saving_mine_over_it_saves_what_the_form_says_and_keeps_the_other(ana, ben):
    page = make_condition(title="As it was")
    for desk in (ana, ben):
        desk.open(change_url(page))
    ana.save(title="From Ana")
    ben.save(title="From Ben").save()
    assert not ben.is_told
    page.refresh_from_db()
    assert page.title == "From Ben"
    kept = PageVersion.objects.filter(page=page).order_by("number").values_list("data__title", "by__username")
    assert list(kept) == [("From Ana", "ana"), ("From Ben", "ben")]


def test_taking_theirs_is_a_link_that_opens_what_is_saved(ana, ben):
    page = make_condition(title="As it was")
    for desk in (ana, ben):
        desk.open(change_url(page))
    ana.save(title="From Ana")
    ben.save(title="From Ben")
    link = next(a for a in by_class(ben.root, "overtaken")[0].iter("a"))
    assert link.attrib["href"] == change_url(page)
    assert ben.open(link.attrib["href"]).data["title"] == "From Ana"
    assert not ben.save(title="Again").is_told


def test_a_third_saving_in_between_is_caught_again(ana, ben):
    page = make_condition(title="As it was")
    for desk in (ana, ben):
        desk.open(change_url(page))
    ana.save(title="From Ana")
    ben.save(title="From Ben")
    ana.save(title="Ana once more")
    ben.save()
    assert ben.is_told
    assert ben.differing == {"Title": ("Ana once more", "From Ben")}
    page.refresh_from_db()
    assert page.title == "Ana once more"


@pytest.mark.parametrize("forged", ["", "x", "0" * 64, "é" * 300, None])
def test_a_form_that_does_not_say_what_it_was_opened_with_saves_nothing(ana, forged):
    page = make_condition(title="As it was")
    ana.open(change_url(page))
    if forged is None:
        del ana.data["opened_on"]
    else:
        ana.data["opened_on"] = forged
    assert ana.save(title="Typed").is_told
    page.refresh_from_db()
    assert page.title == "As it was"
    assert "you, in another window" not in ana.box


def test_pressing_twice_is_no_conflict_when_both_say_the_same(ana):
    page = make_condition(title="As it was")
    ana.open(change_url(page))
    first = dict(ana.data)
    ana.save(title="Typed")
    ana.data = first
    assert not ana.save(title="Typed").is_told


def test_a_row_of_mine_that_was_sent_twice_is_not_stored_twice(ana):
    page = make_condition()
    ana.open(change_url(page))
    number = int(ana.data["sources-TOTAL_FORMS"])
    new = {"sources-TOTAL_FORMS": str(number + 1), f"sources-{number}-number": "9", f"sources-{number}-citation": "New"}
    first = dict(ana.data)
    ana.save(**new)
    ana.data = first
    ana.save(**new)
    assert "you, in another window" in ana.box
    assert Source.objects.filter(page=page, citation="New").count() == 1


class TestRows:
    def test_a_text_typed_into_a_deleted_section_comes_back_as_a_new_one(self, ana, ben):
        page = make_condition()
        for desk in (ana, ben):
            desk.open(change_url(page))
        before = page.sections.count()
        gone = ana.data["sections-1-id"]
        ana.save(**{"sections-1-DELETE": "on"})
        assert not Section.objects.filter(pk=gone).exists()
        ben.save(**{"sections-1-body": "<p>Mine stays</p>"})
        assert ben.is_told
        assert "Only in your form. It becomes a new part when you save." in ben.box
        assert ben.differing["Text"] == ("Nothing", "Mine stays")
        assert not ben.save().is_told
        assert page.sections.count() == before
        assert page.sections.filter(body="<p>Mine stays</p>").exists()

    def test_a_section_that_the_other_added_is_in_the_form_and_stays(self, ana, ben):
        page = make_condition()
        for desk in (ana, ben):
            desk.open(change_url(page))
        added = add_section(page, "causes", body="<p>Hers</p>", do="kept")
        ben.save(title="From Ben")
        assert ben.is_told
        ids = [value for name, value in ben.data.items() if name.startswith("sections-") and name.endswith("-id")]
        assert str(added.pk) in ids
        ben.save()
        added.refresh_from_db()
        assert (added.body, added.do) == ("<p>Hers</p>", "kept")

    def test_what_i_added_and_what_the_other_added_both_stay(self, ana, ben):
        page = make_condition()
        for desk in (ana, ben):
            desk.open(change_url(page))
        for desk in (ana, ben):
            n = int(desk.data["sources-TOTAL_FORMS"])
            new = {
                "sources-TOTAL_FORMS": str(n + 1),
                f"sources-{n}-number": str(50 + (desk is ben)),
                f"sources-{n}-citation": desk.user.username,
            }
            desk.save(**new)
        assert ben.is_told
        ben.save()
        cited = page.sources.values_list("citation", flat=True)
        assert {"ana", "ben"} <= set(cited)
        assert page.sources.count() == 3

    def test_what_i_delete_is_said_when_the_other_changed_it(self, ana, ben):
        page = make_condition()
        for desk in (ana, ben):
            desk.open(change_url(page))
        ana.save(**{"sections-0-body": "<p>Hers</p>"})
        ben.save(**{"sections-0-DELETE": "on"})
        assert "You ticked it to be deleted. It is still saved." in ben.box
        count = page.sections.count()
        ben.save()
        assert page.sections.count() == count - 1

    def test_a_row_that_both_deleted_is_gone(self, ana, ben):
        page = make_condition()
        for desk in (ana, ben):
            desk.open(change_url(page))
        count = page.sections.count()
        for desk in (ana, ben):
            desk.save(**{"sections-0-DELETE": "on"})
        assert page.sections.count() == count - 1
        assert not ben.is_told

    @pytest.mark.parametrize("count", ["x", "-1", "99999", "2000", "9" * 40, ""])
    @pytest.mark.parametrize("name", ["TOTAL_FORMS", "INITIAL_FORMS"])
    def test_forged_counts_are_no_crash_and_store_nothing(self, ana, name, count):
        page = make_condition(title="As it was")
        ana.open(change_url(page))
        ana.data["opened_on"] = ""
        ana.client.post(ana.url, ana.data | {"title": "Typed", f"sections-{name}": count, "_continue": "Go"})
        page.refresh_from_db()
        assert page.title == "As it was"


def test_what_is_not_valid_is_shown_beside_it_too(ana, ben):
    page = make_condition(title="As it was")
    for desk in (ana, ben):
        desk.open(change_url(page))
    ana.save(title="From Ana")
    ben.save(title="", slug="No address!", **{"sources-0-number": "x"})
    assert ben.is_told
    assert ben.differing["Title"] == ("From Ana", "Nothing")
    assert ben.differing["Address on the site"] == (page.slug, "No address!")


def test_a_warning_sign(ana, ben):
    flag = make_flag("bladder")
    for desk in (ana, ben):
        desk.open(change_url(flag))
    ana.save(text="from Ana")
    ben.save("_publish", text="from Ben", why="Shorter")
    flag.refresh_from_db()
    assert flag.text == "from Ana"
    assert ben.differing == {"Sign, in plain words": ("from Ana", "from Ben")}
    assert "stays in the history" not in ben.box


def test_who_looks_after_a_page_is_not_overwritten_either(ana, ben):
    """It is no part of what patients read, so no digest of the text would have seen it."""
    page = make_condition()
    for desk in (ana, ben):
        desk.open(change_url(page))
    ana.save(owner=str(ana.user.pk))
    ben.save(title="From Ben")
    page.refresh_from_db()
    assert page.owner == ana.user
    assert ben.is_told


def test_hostile_text_is_only_text_beside_the_other(ana, ben):
    page = make_condition(title="As it was")
    for desk in (ana, ben):
        desk.open(change_url(page))
    ana.save(title="</h4><script>alert(1)</script>")
    ben.save(title="<img src=x onerror=alert(1)>")
    assert ben.differing["Title"] == ("</h4><script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    assert not list(by_class(ben.root, "overtaken")[0].iter("img"))


def test_without_the_check_the_second_overwrites_the_first(ana, ben, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(VersionCheck, "_on_what_is_saved", lambda self, request, obj, formsets: request)
    page = make_condition(title="As it was")
    for desk in (ana, ben):
        desk.open(change_url(page))
    ana.save(title="From Ana")
    ben.save(title="From Ben")
    page.refresh_from_db()
    assert (page.title, ben.is_told) == ("From Ben", False)
