import datetime
import gzip

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from clinic import revision
from clinic.caching import public_page
from clinic.models import Closure, Location
from tests.factories import MONDAY_NOON, make_clinic, make_location

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
SIX_PM = MONDAY_NOON + datetime.timedelta(hours=6)


class Page:
    """A public page that counts how often it is made, and a stamp that the test can move."""

    def __init__(self):
        self.made, self.stamp = 0, "one"
        self.view = public_page(lambda: self.stamp)(self.make)

    def make(self, request):
        self.made += 1
        return HttpResponse("page")

    def get(self, at=MONDAY_NOON, etag="", method="get", path="/"):
        headers = {"If-None-Match": etag} if etag else {}
        with time_machine.travel(at, tick=False):
            return self.view(getattr(RequestFactory(), method)(path, headers=headers))


@pytest.fixture
def page():
    make_clinic()
    make_location()
    return Page()


def max_age(response):
    directives = dict(part.strip().partition("=")[::2] for part in response["Cache-Control"].split(","))
    assert "public" in directives
    return int(directives["max-age"])


def test_a_page_may_be_kept_five_minutes(page):
    response = page.get()
    assert (response.status_code, max_age(response)) == (200, 300)
    assert response["ETag"].startswith('W/"')


@pytest.mark.parametrize(
    ("before", "seconds"), [(10 * MINUTE, 300), (5 * MINUTE, 300), (MINUTE, 60), (datetime.timedelta(seconds=1), 1)]
)
def test_never_past_the_minute_in_which_the_doors_close(page, before, seconds):
    assert max_age(page.get(at=SIX_PM - before)) == seconds


def test_never_past_a_part_of_a_second_that_is_left(page):
    assert max_age(page.get(at=SIX_PM - datetime.timedelta(milliseconds=1500))) == 1
    assert max_age(page.get(at=SIX_PM - datetime.timedelta(milliseconds=1))) == 0


def test_never_past_the_clinics_midnight(page):
    midnight = datetime.datetime(2026, 11, 24, 5, 0, tzinfo=datetime.UTC)
    assert max_age(page.get(at=midnight - 2 * MINUTE)) == 120


def test_whoever_has_the_page_gets_304_and_no_work_is_done(page):
    etag = page.get()["ETag"]
    again = page.get(etag=etag)
    assert (again.status_code, again.content, page.made) == (304, b"", 1)
    assert (again["ETag"], max_age(again), again["Vary"]) == (etag, 300, "Accept-Encoding")


def move_the_stamp(page):
    page.stamp = "two"


def change_a_fact(page):
    Location.objects.get().save()


@pytest.mark.parametrize("change", [move_the_stamp, change_a_fact])
def test_a_change_makes_a_new_page(page, change):
    etag = page.get()["ETag"]
    change(page)
    response = page.get(etag=etag)
    assert (response.status_code, page.made) == (200, 2)
    assert response["ETag"] != etag


@pytest.mark.parametrize("later", [SIX_PM, MONDAY_NOON + datetime.timedelta(days=1)])
def test_another_text_or_another_day_makes_a_new_page(page, later):
    assert page.get(at=later)["ETag"] != page.get()["ETag"]


def test_the_same_text_on_the_same_day_is_the_same_page(page):
    assert page.get(at=SIX_PM - MINUTE)["ETag"] == page.get()["ETag"]


@pytest.fixture
def release(settings, tmp_path):
    """Starts the process anew from a repository that holds one template with the given text."""

    def start(text):
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "templates" / "base.html").write_text(text)
        revision._revision_at_start.cache_clear()

    settings.BASE_DIR = tmp_path
    yield start
    revision._revision_at_start.cache_clear()


def test_a_new_release_makes_a_new_page(page, release):
    release("one")
    etag = page.get()["ETag"]
    release("two")
    assert page.get()["ETag"] != etag
    release("one")
    assert page.get()["ETag"] == etag


def test_the_revision_is_that_of_names_and_contents(tmp_path):
    def after(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return revision.read_revision(tmp_path)

    seen = [
        after("templates/a.html", "one"),
        after("templates/a.html", "two"),
        after("clinic/views.py", "x"),
        after("static/css/a.css", "x"),
    ]
    assert len(set(seen)) == len(seen)
    assert after("var/clinic.sqlite3", "data") == seen[-1]


def test_two_addresses_are_two_pages(page):
    assert page.get(path="/a/")["ETag"] != page.get(path="/b/")["ETag"]


def test_head_is_answered_like_get(page):
    head, get = page.get(method="head"), page.get()
    assert (head["ETag"], head["Cache-Control"]) == (get["ETag"], get["Cache-Control"])


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_else_than_reading(page, method):
    assert page.get(method=method).status_code == 405
    assert page.made == 0


def test_a_page_that_is_not_there_may_not_be_kept():
    make_clinic()

    @public_page()
    def gone(request):
        return HttpResponse(status=410)

    @public_page()
    def missing(request):
        raise Http404

    assert "Cache-Control" not in gone(RequestFactory().get("/"))
    with pytest.raises(Http404):
        missing(RequestFactory().get("/"))


def test_the_page_before_the_clinic_was_entered_is_another_one():
    page = Page()
    etag = page.get()["ETag"]
    make_clinic(name="This clinic")
    assert page.get()["ETag"] != etag


@pytest.mark.parametrize("path", ["/team/", "/locations/", "/insurance/", "/contact/"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_our_pages_are_the_same_for_everybody(client, path, signed_in):
    make_clinic()
    make_location()
    if signed_in:
        client.force_login(get_user_model().objects.create_superuser("staff", password="x"))
        client.cookies["other"] = "cookie"
    response = client.get(path)
    assert response.status_code == 200
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.head(path)["ETag"] == response["ETag"]


def test_a_closure_entered_now_shows_at_once(client):
    make_clinic()
    make_location()
    with time_machine.travel(MONDAY_NOON, tick=False):
        etag = client.get("/contact/")["ETag"]
        today = datetime.date(2026, 11, 23)
        Closure.objects.create(first_day=today, last_day=today, reason="a storm")
        response = client.get("/contact/", headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert "Closed for a storm. Opens tomorrow at 7:30 am" in response.content.decode()


def test_pages_are_compressed_for_browsers_that_ask(client):
    make_clinic()
    packed = client.get("/contact/", headers={"accept-encoding": "gzip"})
    plain = client.get("/contact/")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert "Accept-Encoding" in plain.headers["Vary"]
    again = client.get("/contact/", headers={"accept-encoding": "gzip", "if-none-match": packed.headers["ETag"]})
    assert again.status_code == 304
