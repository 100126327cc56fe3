"""Every answer carries the headers that keep a page from being used against the person who reads it."""

import base64
import hashlib
import re

import django_prose_editor
import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client, RequestFactory

from njspine.middleware import EDITOR_STYLE, Nonce, SecurityHeadersMiddleware
from tests.factories import make_clinic

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.njspine.failing_urls")]

PUBLIC_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def visitor():
    make_clinic()
    return Client(raise_request_exception=False)


@pytest.fixture
def static_files(settings):
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


ANSWERS = {
    "page": ("get", "/livez", {}, 200),
    "machine file": ("get", "/robots.txt", {}, 200),
    "static file": ("get", "/static/css/tokens.css", {}, 200),
    "redirect": ("get", "/admin", {}, 301),
    "sign-in": ("get", "/admin/login/", {}, 200),
    "not modified": ("get", "/fails/not-modified/", {}, 304),
    "options": ("options", "/", {}, 204),
    "bad host": ("get", "/", {"headers": {"host": "evil.example"}}, 400),
    "suspicious": ("get", "/fails/suspicious/", {}, 400),
    "forbidden": ("get", "/fails/forbidden/", {}, 403),
    "not found": ("get", "/nothing/here/", {}, 404),
    "wrong method": ("get", "/checked-form/", {}, 405),
    "unknown method": ("put", "/", {}, 405),
    "too large": ("post", "/reads-form/", {"data": {"note": "x" * 1_000_001}}, 413),
    "error": ("get", "/fails/value/", {}, 500),
    "database down": ("get", "/fails/database/", {}, 503),
}


@pytest.mark.parametrize(("method", "path", "options", "status"), ANSWERS.values(), ids=ANSWERS.keys())
def test_every_kind_of_answer_carries_them(visitor, static_files, method, path, options, status):
    response = getattr(visitor, method)(path, **options)
    response.close()
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "geolocation=()" in response["Permissions-Policy"]
    if not path.startswith("/admin/"):
        assert response["Content-Security-Policy"] == PUBLIC_POLICY
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not response.cookies or path.startswith("/admin/login")


def test_csrf_failure_carries_them():
    make_clinic()
    response = Client(enforce_csrf_checks=True).post("/checked-form/")
    assert response.status_code == 403
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS


def test_nothing_is_kept_unless_somebody_said_so(visitor):
    assert visitor.get("/livez")["Cache-Control"] == "no-store"
    assert visitor.get("/nothing/here/")["Cache-Control"] == "no-store"
    assert visitor.get("/robots.txt")["Cache-Control"] == "public, max-age=86400"


def test_hsts_only_over_https(visitor, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    assert "Strict-Transport-Security" not in visitor.get("/livez")
    expected = "max-age=31536000; includeSubDomains"
    assert visitor.get("/livez", secure=True)["Strict-Transport-Security"] == expected
    assert visitor.get("/nothing/here/", secure=True)["Strict-Transport-Security"] == expected


def test_https_sends_people_there_but_not_probes(visitor, settings):
    settings.SECURE_SSL_REDIRECT = settings.HTTPS = True
    response = visitor.get("/robots.txt")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/robots.txt")
    assert "upgrade-insecure-requests" in response["Content-Security-Policy"]
    assert visitor.get("/livez").status_code == 200


def answer_with(view, path):
    """What the outermost ring makes of `view`'s answer at `path`."""
    request = RequestFactory().get(path)
    get_response = Client().handler

    def inner(request):
        get_response.resolve_request(request)
        return view(request)

    get_response.load_middleware()
    return SecurityHeadersMiddleware(inner)(request)


def test_a_nonce_is_made_only_when_a_template_writes_it():
    nonce = Nonce()
    assert not nonce
    assert len(str(nonce)) >= 20
    assert nonce
    assert str(nonce) == str(nonce)
    assert str(nonce) != str(Nonce())


def test_an_admin_page_that_wrote_the_nonce_gets_it_and_the_editor_style():
    response = answer_with(lambda request: HttpResponse(str(request.csp_nonce)), "/admin/")
    nonce = response.content.decode()
    policy = response["Content-Security-Policy"]
    assert f"script-src 'self' 'nonce-{nonce}'" in policy
    assert f"style-src 'self' {EDITOR_STYLE}" in policy


def test_an_admin_page_without_the_editor_gets_neither():
    policy = answer_with(lambda request: HttpResponse(""), "/admin/")["Content-Security-Policy"]
    assert "nonce" not in policy
    assert "sha256" not in policy


def test_a_public_page_gets_no_nonce_even_if_a_template_wrote_one():
    response = answer_with(lambda request: HttpResponse(str(request.csp_nonce)), "/robots.txt")
    assert response["Content-Security-Policy"] == PUBLIC_POLICY


def test_the_editor_style_hash_is_that_of_the_installed_editor():
    script = f"{django_prose_editor.__path__[0]}/static/django_prose_editor/editor.js"
    with open(script) as source:
        style = re.search(r"=`(\.ProseMirror \{[^`]*)`", source.read())[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == EDITOR_STYLE


def test_pages_of_the_admin_are_never_kept(visitor):
    visitor.force_login(get_user_model().objects.create_superuser("root"))
    assert "no-store" in visitor.get("/admin/password_change/")["Cache-Control"]
