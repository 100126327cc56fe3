"""What the web server hands to Django: a Content-Type that cannot choose how texts are decoded."""

import io

import pytest
from django.db import connection

from njspine.wsgi import application, plain_content_type
from tests.factories import make_clinic

pytestmark = pytest.mark.django_db

# No codec for text; one that refuses everything; two that make half characters; one that is none.
CODECS = ["hex", "rot13", "undefined", "utf-7", "unicode_escape", "punycode", "nonsense"]


@pytest.fixture(autouse=True)
def open_connection(monkeypatch):
    """After a request the handler would close the connection in whose transaction the test runs."""
    make_clinic()
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


def answer(method, path, *, query="", content_type, body=b""):
    """(status, body) of what the server's entry point answers."""
    told = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    response = application(environ, lambda status, headers: told.append(status))
    text = b"".join(response).decode()
    response.close()
    return int(told[0][:3]), text


@pytest.mark.parametrize("charset", CODECS)
@pytest.mark.parametrize("parameter", ["charset", "Charset ", "charset*"])
def test_no_charset_of_a_request_breaks_a_page(charset, parameter):
    value = f"utf-8''{charset}" if parameter.endswith("*") else charset
    status, text = answer("GET", "/search/", query="q=sci%C3%A4tica", content_type=f"text/plain; {parameter}={value}")
    assert status == 200
    assert "sciätica" in text


@pytest.mark.parametrize("charset", CODECS)
def test_no_charset_of_a_form_breaks_the_answer(charset):
    body = b'--B\r\nContent-Disposition: form-data; name="comment"\r\n\r\n\\ud800 +2AA- %41\r\n--B--\r\n'
    status, text = answer(
        "POST", "/search/", content_type=f"multipart/form-data; charset={charset}; boundary=B", body=body
    )
    # From our own page without its cookie: the page that says so offers to send the same text again.
    assert status == 403
    assert "\\ud800 +2AA- %41" in text


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("", ""),
        ("text/html", "text/html"),
        ("text/html; charset=utf-8", "text/html"),
        ("multipart/form-data; boundary=----WebKit7", "multipart/form-data; boundary=----WebKit7"),
        ('multipart/form-data;charset=hex;Boundary="a b"', 'multipart/form-data; Boundary="a b"'),
        ("multipart/form-data; boundary=a; boundary=b; x*=hex''%41", "multipart/form-data; boundary=a"),
        (";;;", ""),
    ],
)
def test_only_type_and_boundary_are_left(given, plain):
    assert plain_content_type(given) == plain
