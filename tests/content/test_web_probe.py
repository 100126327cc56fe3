"""One polite look at another site's page: bounded in time and bytes, and never into a network of ours."""

import shutil
import socket
import ssl
import time

import pytest

from content.web_probe import Found, is_public, probe
from tests.content.web_server import ANSWERS, self_signed, web_server
from tests.factories import MONDAY_NOON
from tests.tools import need


@pytest.fixture(scope="module")
def server():
    with web_server() as server:
        yield server


def look(server, path, **options):
    return probe(
        server.url(path), user_agent="Check/1", now=MONDAY_NOON, **{"allowed": server.allowed, "timeout": 2.0} | options
    )


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/fine", Found(200)),
        ("/fine?q=a b&\u00fc=1#part", Found(404)),
        ("/moved", Found(200)),
        ("/twice", Found(200)),
        ("/circle", Found(error="redirects")),
        ("/nowhere-named", Found(302)),
        ("/to-file", Found(error="address")),
        ("/to-nonsense", Found(error="address")),
        ("/missing", Found(404)),
        ("/gone", Found(410)),
        ("/broken", Found(500)),
        ("/shy", Found(403)),
        ("/busy", Found(429, retry_after=120)),
        ("/busy-date", Found(503, retry_after=60)),
        ("/busy-nonsense", Found(429)),
        ("/nonsense", Found(error="dropped")),
        ("/drop", Found(error="dropped")),
        ("/many-headers", Found(error="dropped")),
        ("/get-only", Found(206)),
        ("/get-only-drop", Found(206)),
        ("/empty-range", Found(200)),
        ("/huge", Found(200)),
        ("/bomb", Found(200)),
    ],
)
def test_what_is_found(server, path, found):
    assert look(server, path) == found


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_a_server_that_takes_its_time_is_left(server, path):
    started = time.monotonic()
    assert look(server, path, timeout=0.5) == Found(error="timeout")
    assert time.monotonic() - started < 3


def test_it_says_who_it_is_and_asks_for_one_byte(server):
    server.asked.clear()
    look(server, "/get-only")
    (head, _path, first), (get, _path, second) = server.asked
    assert (head, get) == ("HEAD", "GET")
    assert "User-Agent: Check/1" in first
    assert f"Host: 127.0.0.1:{server.port}" in first
    assert "Range: bytes=0-0" in second
    assert "Cookie" not in first + second
    assert "Referer" not in first + second


def test_busy_servers_are_not_asked_twice(server):
    server.asked.clear()
    look(server, "/busy")
    assert [method for method, *_rest in server.asked] == ["HEAD"]


def test_a_closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    assert probe(url, user_agent="x", now=MONDAY_NOON, allowed={f"127.0.0.1:{port}"}) == Found(error="refused")


def test_a_certificate_that_nobody_trusts(tmp_path):
    need(shutil.which("openssl"), "openssl")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    with web_server(context) as server:
        found = probe(server.url("/fine", "https"), user_agent="x", now=MONDAY_NOON, allowed=server.allowed, timeout=3)
    assert found == Found(error="tls")


def test_no_tls_where_https_is_promised(server):
    assert probe(server.url("/", "https"), user_agent="x", now=MONDAY_NOON, allowed=server.allowed, timeout=2) == Found(
        error="tls"
    )


class TestNeverInside:
    def ask(self, url, **options):
        return probe(url, user_agent="x", now=MONDAY_NOON, timeout=1.0, **options)

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1/",
            "http://localhost/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://192.168.1.1/",
            "http://172.16.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://100.64.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://user:password@127.0.0.1/",
        ],
    )
    def test_private_addresses_in_every_spelling(self, url, monkeypatch):
        def connect(*arguments):
            raise AssertionError("connected")

        monkeypatch.setattr("content.web_probe.socket.socket", connect)
        assert self.ask(url).error in {"private", "name"}

    def test_a_name_that_leads_inside_is_refused_also_beside_a_public_address(self, monkeypatch):
        def resolve(host, port, **options):
            return [(socket.AF_INET, 1, 6, "", (ip, port)) for ip in ("93.184.216.34", "10.0.0.5")]

        monkeypatch.setattr("content.web_probe.socket.getaddrinfo", resolve)
        assert self.ask("http://innocent.example/") == Found(error="private")

    def test_the_address_that_was_checked_is_the_one_that_is_asked(self, monkeypatch):
        """A name that answers differently the second time gets no second time."""
        answers = iter(["93.184.216.34", "127.0.0.1"])
        connected = []

        class Socket:
            def __init__(self, *arguments): ...
            def settimeout(self, seconds): ...
            def close(self): ...

            def connect(self, address):
                connected.append(address[0])
                raise ConnectionRefusedError

        def resolve(host, port, **options):
            return [(socket.AF_INET, 1, 6, "", (next(answers), port))]

        monkeypatch.setattr("content.web_probe.socket.getaddrinfo", resolve)
        monkeypatch.setattr("content.web_probe.socket.socket", Socket)
        assert self.ask("http://rebinding.example/") == Found(error="refused")
        assert connected == ["93.184.216.34"]

    @pytest.mark.parametrize("path", ["/inward", "/metadata"])
    def test_nor_by_a_redirect(self, server, path):
        assert look(server, path).error in {"private", "port"}

    @pytest.mark.parametrize(
        ("url", "error"),
        [
            ("ftp://a.example/", "address"),
            ("file:///etc/passwd", "address"),
            ("http://", "address"),
            ("http://a.example:99999/", "address"),
            ("http://[::1/", "address"),
            ("http://a.example:22/", "port"),
            ("http://" + "a" * 70 + ".example/", "address"),
            ("http://no-such-name.invalid/", "name"),
            ("http://a b.example/", "name"),
        ],
    )
    def test_what_is_not_asked(self, url, error):
        assert self.ask(url) == Found(error=error)

    def test_public_ones_are_public(self):
        assert all(map(is_public, ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"]))


@pytest.mark.parametrize(
    ("text", "seconds"), [("999999999999", 86_400), ("Mon, 23 Nov 2099 17:01:00 GMT", 86_400), ("-5", None), ("0", 0)]
)
def test_a_day_is_the_longest_anybody_is_waited_for(server, monkeypatch, text, seconds):
    monkeypatch.setitem(ANSWERS, "/late", f"429 Too Many\r\nRetry-After: {text}\r\n\r\n")
    assert look(server, "/late").retry_after == seconds
