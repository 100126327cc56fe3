"""What a request may be: a browser's own methods, and no more bytes than any form here needs."""

import pytest
from django.test import Client

from tests.factories import make_clinic

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.njspine.failing_urls")]


@pytest.fixture
def visitor():
    make_clinic()
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/livez", "/reads-form/", "/static/css/tokens.css", "/nothing/"])
def test_other_methods_are_refused_everywhere(visitor, method, path):
    response = visitor.generic(method, path)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("path", ["/", "/reads-form/", "/static/css/tokens.css"])
def test_options_runs_no_view(visitor, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = visitor.options(path)
    assert (response.status_code, response.content) == (204, b"")
    assert response["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_changes_the_method(visitor, header):
    assert visitor.post("/reads-form/", {"_method": "DELETE"}, headers={header: "DELETE"}).status_code == 200


def test_a_view_that_refuses_a_method_answers_with_our_page(visitor):
    response = visitor.get("/checked-form/")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "(201) 555-0142" in response.content.decode()


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_body_beyond_the_limit_is_refused_unread(visitor, settings, content_type):
    body = b"note=" + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    response = visitor.generic("POST", "/reads-form/", body, content_type=content_type)
    assert response.status_code == 413
    assert "(201) 555-0142" in response.content.decode()


def test_a_long_note_within_the_limit_is_taken(visitor):
    assert visitor.post("/reads-form/", {"note": "x" * 900_000}).status_code == 200


def test_only_the_admin_takes_large_bodies(visitor, settings):
    body = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    multipart = "multipart/form-data; boundary=x"
    assert visitor.generic("POST", "/admin/login/", body, content_type=multipart).status_code != 413
    settings.UPLOAD_MAX_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert visitor.generic("POST", "/admin/login/", body, content_type=multipart).status_code == 413


def test_too_much_text_beside_a_picture_is_too_large_as_well(visitor, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    settings.UPLOAD_MAX_BYTES = 10_000
    assert visitor.post("/admin/login/", {"username": "x" * 5_000}).status_code == 413


@pytest.mark.parametrize("length", ["", "abc", "-1"])
def test_a_senseless_length_is_no_error_of_ours(visitor, length):
    response = visitor.generic("POST", "/reads-form/", b"", CONTENT_LENGTH=length)
    assert response.status_code in (200, 400)


def test_too_many_fields_are_refused(visitor):
    response = visitor.post("/reads-form/", {f"field{n}": "x" for n in range(2_001)})
    assert response.status_code == 400
    assert "(201) 555-0142" in response.content.decode()
