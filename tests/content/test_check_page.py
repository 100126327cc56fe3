"""The clinician's page: reading what changed, and the two answers."""

import datetime

import pytest

from content.editing.reviewing import ask_for_check
from content.models import Page, PageReview
from content.states import Verdict
from tests.content.factories import check_page, make_article, make_clinician, make_condition, make_info
from tests.content.reading import links
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk, make_publisher, make_reviewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


@pytest.fixture
def page():
    return make_condition(published=True, title="Sciatica")


@pytest.fixture
def doctor(client):
    doctor = make_clinician(name="Casey Specimen", credentials="MD")
    client.force_login(doctor)
    return doctor


def url(page):
    return f"/admin/content/{page._meta.model_name}/{page.pk}/check/"


def asked(page, title="Newer title"):
    Page.objects.filter(pk=page.pk).update(title=title)
    return ask_for_check(page=page, of=None, note="Look at the dose", by=make_editor(), now=MONDAY_NOON)


def test_what_changed_is_shown_in_words(page, doctor, client, soup):
    asked(page)
    text = soup.text(soup.parse(client.get(url(page)).content.decode()))
    assert "You check version 2, saved on Nov 23, 2026, 12:00 PM." in text
    assert "“Look at the dose”" in text
    assert "What changed since the text of Nov 23, 2026" in text
    assert "Title Sciatica Newer title" in text
    assert "You answer as Casey Specimen, MD." in text


def test_the_whole_text_is_that_of_exactly_this_version(page, doctor, client, soup):
    asked(page)
    Page.objects.filter(pk=page.pk).update(title="Newest title")
    root = soup.parse(client.get(url(page)).content.decode())
    (address,) = [href for href in links(root) if "?version=" in href]
    answer = client.get(address)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Preview of the draft saved November 23, 2026, 12:00 PM." in text
    assert "Newer title" in text
    assert "Newest title" not in text


def test_yes(page, doctor, client):
    version = asked(page).version
    data = {"version": version.pk, "approve-next_review": "2027-11-23", "_approve": "1"}
    answer = client.post(url(page), data, follow=True)
    assert "Thank you. Your check of exactly this text is written down." in answer.content.decode()
    review = PageReview.objects.get()
    assert (review.version, review.verdict, review.by) == (version, Verdict.APPROVED, doctor)
    assert review.next_review == datetime.date(2027, 11, 23)


def test_no_with_a_note(page, doctor, client):
    version = asked(page).version
    client.post(url(page), {"version": version.pk, "changes-note": "Too sure", "_changes": "1"})
    review = PageReview.objects.get()
    assert (review.verdict, review.note) == (Verdict.CHANGES, "Too sure")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"approve-next_review": ""}, "Say when the page must be checked again."),
        ({"approve-next_review": "2026-02-30"}, "This is not a date."),
        ({"approve-next_review": "2026-11-23"}, "The next check must be after today."),
        ({"approve-next_review": "2030-01-01"}, "The next check must be within three years."),
        ({"changes-note": " "}, "Say what must change."),
        ({"changes-note": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_an_incomplete_answer_says_what_is_missing(page, doctor, client, typed, words):
    version = asked(page).version
    press = "_approve" if "approve-next_review" in typed else "_changes"
    answer = client.post(url(page), {"version": version.pk, press: "1"} | typed)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not PageReview.objects.exists()


def test_the_answer_counts_for_the_text_that_was_shown(page, doctor, client):
    old = asked(page).version
    asked_again = asked_by_another(page)
    data = {"version": old.pk, "approve-next_review": "2027-11-23", "_approve": "1"}
    client.post(url(page), data)
    assert PageReview.objects.get().version == old
    assert asked_again.version != old
    html = client.get(url(page)).content.decode()
    assert "You check version 3" in html


def asked_by_another(page):
    Page.objects.filter(pk=page.pk).update(title="Newest title")
    return ask_for_check(page=page, of=None, note="", by=None, now=MONDAY_NOON)


@pytest.mark.parametrize("version", ["", "x", "999999", "9" * 40, "-1"])
def test_a_forged_text(page, doctor, client, version):
    data = {"version": version, "approve-next_review": "2027-11-23", "_approve": "1"}
    assert client.post(url(page), data).status_code == 403
    assert not PageReview.objects.exists()


def test_the_text_of_another_page(page, doctor, client):
    other = make_article(published=True)
    data = {"version": other.versions.get().pk, "approve-next_review": "2027-11-23", "_approve": "1"}
    assert client.post(url(page), data).status_code == 403


@pytest.mark.parametrize("make", [make_editor, make_publisher, make_front_desk])
def test_nobody_else(page, client, make):
    client.force_login(make())
    assert client.get(url(page)).status_code == 403
    data = {"version": page.versions.get().pk, "approve-next_review": "2027-11-23", "_approve": "1"}
    assert client.post(url(page), data).status_code == 403
    assert not PageReview.objects.exists()


def test_a_reviewer_without_a_license_reads_and_cannot_answer(page, client, soup):
    client.force_login(make_reviewer())
    html = client.get(url(page)).content.decode()
    assert "Your sign-in is not linked to a clinician who works here" in html
    assert 'name="_approve"' not in html
    data = {"version": page.versions.get().pk, "approve-next_review": "2027-11-23", "_approve": "1"}
    assert client.post(url(page), data).status_code == 403


def test_looking_changes_nothing(page, doctor, client):
    Page.objects.update(title="Never saved by a form")
    before = page.versions.count()
    html = client.get(url(page)).content.decode()
    assert "The draft has changed since." in html
    assert page.versions.count() == before


def test_a_page_that_nobody_saved_and_one_in_the_trash(doctor, client):
    assert "Nothing is saved that could be checked." in client.get(url(make_info())).content.decode()
    gone = make_info(trashed_at=MONDAY_NOON)
    assert client.get(url(gone)).status_code == 404


@pytest.mark.parametrize("pages", [1, 3])
def test_queries(doctor, client, django_assert_num_queries, pages):
    page = make_condition(published=True)
    for _ in range(pages - 1):
        check_page(make_condition(published=True), by=doctor)
    asked(page)
    client.get(url(page))
    with django_assert_num_queries(27):
        assert client.get(url(page)).status_code == 200
