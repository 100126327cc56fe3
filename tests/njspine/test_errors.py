"""Error pages help: our look, the phone number, what was typed kept, even with the database and the templates gone."""

import re

import pytest
from django.db import OperationalError, connection
from django.template.loader import get_template
from django.test import Client, RequestFactory

from njspine import errors
from njspine.last_known import last_known
from tests.factories import make_clinic

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.njspine.failing_urls")]

PHONE = "(201) 555-0142"
PAGES = {
    "/fails/suspicious/": (400, "We could not read that"),
    "/fails/forbidden/": (403, "This page is not open to you"),
    "/nothing/here/": (404, "We cannot find that page"),
    "/checked-form/": (405, "That does not work here"),
    "/fails/value/": (500, "Something went wrong on our side"),
    "/fails/database/": (503, "Our records cannot be reached right now"),
}


@pytest.fixture
def visitor():
    make_clinic()
    return Client(raise_request_exception=False)


@pytest.fixture
def no_database(monkeypatch):
    """The clinic was read before; from now on every query fails."""
    make_clinic()

    def down(*arguments, **options):
        raise OperationalError("down")

    monkeypatch.setattr(connection, "cursor", down)


@pytest.fixture
def no_templates(monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("broken template")

    monkeypatch.setattr(errors, "render_to_string", broken)


def check(response, status, title):
    text = response.content.decode()
    assert response.status_code == status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert f"<h1>{title}</h1>" in text
    assert PHONE in text
    assert 'href="tel:+1-201-555-0142"' in text
    assert "call 911" in text
    assert 'href="/get-help-now/"' in text
    assert '<meta name="robots" content="noindex">' in text
    assert " style=" not in text
    assert "<style" not in text
    assert "<script" not in text


@pytest.mark.parametrize(("path", "expected"), PAGES.items())
def test_every_page(visitor, path, expected):
    check(visitor.get(path), *expected)


@pytest.mark.parametrize(("path", "expected"), PAGES.items())
def test_every_page_without_a_database(no_database, path, expected):
    check(Client(raise_request_exception=False).get(path), *expected)


@pytest.mark.parametrize(("path", "expected"), PAGES.items())
def test_every_page_without_templates(visitor, no_templates, path, expected):
    check(visitor.get(path), *expected)


@pytest.mark.parametrize(("path", "expected"), PAGES.items())
def test_every_page_without_both_and_without_a_manifest(no_database, no_templates, settings, tmp_path, path, expected):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.STATIC_ROOT = tmp_path
    response = Client(raise_request_exception=False).get(path)
    check(response, *expected)
    assert b"stylesheet" not in response.content


def test_common_pages_stand_in_the_site_s_own_frame(visitor):
    assert b'<header class="top">' in visitor.get("/nothing/here/").content
    assert b"New Jersey Spine Institute" in visitor.get("/nothing/here/").content


def test_500_and_503_need_no_query_and_no_template(visitor, django_assert_num_queries):
    visitor.get("/livez")
    with django_assert_num_queries(0):
        response = visitor.get("/fails/value/")
    assert response.templates == []


def test_503_tells_when_to_come_back(visitor):
    assert visitor.get("/fails/database/")["Retry-After"] == "120"


class TestPhone:
    def test_before_anything_was_read_it_is_the_setting_s(self, settings):
        settings.CLINIC_PHONE = "(609) 555-0199"
        last_known.forget()
        text = errors.plain_page(500, errors.SERVER_ERROR).content.decode()
        assert '<a href="tel:6095550199">(609) 555-0199</a>' in text

    def test_with_neither_the_page_says_no_number_rather_than_none(self):
        last_known.forget()
        text = errors.plain_page(500, errors.SERVER_ERROR).content.decode()
        assert "Call us:" not in text
        assert "None" not in text

    def test_it_is_the_last_one_read_or_saved(self, settings):
        settings.CLINIC_PHONE = "(609) 555-0199"
        clinic = make_clinic()
        assert PHONE in errors.plain_page(500, errors.SERVER_ERROR).content.decode()
        clinic.phone = "+16095550123"
        assert PHONE in errors.plain_page(500, errors.SERVER_ERROR).content.decode()
        clinic.save()
        assert "(609) 555-0123" in errors.plain_page(500, errors.SERVER_ERROR).content.decode()


class TestWhatWasTyped:
    typed = {"note": 'Tom & "Ann" <b>', "days": ["mon", "tue"]}
    kept = (
        '<input type="hidden" name="note" value="Tom &amp; &quot;Ann&quot; &lt;b&gt;">'
        '<input type="hidden" name="days" value="mon"><input type="hidden" name="days" value="tue">'
    )

    def test_a_database_that_is_down_says_nothing_was_sent_and_offers_to_send_again(self, visitor):
        text = visitor.post("/fails/database/", self.typed).content.decode()
        assert "Nothing was sent" in text
        assert self.kept in text
        assert '<form method="post" action="/fails/database/">' in text

    def test_an_error_offers_to_send_again_and_acknowledges_nothing(self, visitor):
        text = visitor.post("/fails/value/", self.typed).content.decode()
        assert "count what you sent as not received" in text
        assert self.kept in text

    def test_reading_offers_nothing_to_send(self, visitor):
        assert b"<form" not in visitor.get("/fails/database/?note=x").content

    def test_what_stands_in_the_address_is_not_repeated(self, visitor):
        text = visitor.post("/fails/value/?condition=sciatica", self.typed).content.decode()
        assert "sciatica" not in text

    def test_the_admin_never_repeats_a_form(self, rf):
        assert errors.resend_form(rf.post("/admin/login/", {"password": "secret"})) == ""

    def test_a_body_that_cannot_be_read_costs_nothing(self, rf):
        request = rf.generic("POST", "/", b"x", content_type="multipart/form-data")
        assert errors.resend_form(request) == ""


class TestCsrf:
    def fails(self, **headers):
        make_clinic()
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        return client, client.post("/checked-form/", {"note": "my back", "csrfmiddlewaretoken": "old"}, headers=headers)

    def test_it_is_our_page(self):
        _, response = self.fails()
        check(response, 403, "This was not sent yet")

    def test_our_own_page_can_be_sent_again_with_everything_typed(self):
        client, response = self.fails(**{"Sec-Fetch-Site": "same-origin"})
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', response.content.decode()))
        assert fields["note"] == "my back"
        assert fields["csrfmiddlewaretoken"] != "old"
        again = client.post("/checked-form/", fields)
        assert (again.status_code, again.content) == (200, b"sent")

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
    def test_a_stranger_s_page_gets_no_form_and_no_token(self, site):
        _, response = self.fails(**({"Sec-Fetch-Site": site} if site else {}))
        assert b"<form" not in response.content
        assert not response.cookies


def test_a_broken_frame_is_logged_and_the_page_still_comes(visitor, no_templates, log_lines):
    visitor.get("/nothing/here/")
    assert any("error page 404 without its frame | builtins.RuntimeError" in line for line in log_lines)


def test_the_template_is_found():
    assert get_template("errors/error.html")


def test_pages_render_without_middleware():
    make_clinic()
    check(errors.page_not_found(RequestFactory().get("/x/")), 404, "We cannot find that page")
