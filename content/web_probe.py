"""Whether a page of another site is there: a few bytes at most, and never anything but the public web.

Python's own http.client and not a library: the address that was looked up and found to be public must be the very one
that is connected to, or a name that changes its address in between would lead into the clinic's own network.
"""

import contextlib
import datetime
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urljoin, urlsplit

WEB_PORTS = frozenset({80, 443, 8080, 8443})
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LONGEST_WAIT = 86_400
# What may stand in an address as it is sent; everything else is written in percent.
AS_SENT = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True)
class Found:
    """An HTTP `status`, or None and an `error`: a key of content.link_checker.ERRORS. `retry_after` is in seconds."""

    status: int | None = None
    error: str = ""
    retry_after: int | None = None


@dataclass(frozen=True)
class Asking:
    """How to ask. `timeout` is that of one request in seconds, `ends` that of all of them by time.monotonic()."""

    user_agent: str
    now: datetime.datetime
    timeout: float
    allowed: frozenset
    ends: float


class NotAsked(Exception):
    """Nothing was sent: `code` says why."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def probe(url, *, user_agent, now, timeout=10.0, allowed=frozenset()):
    """What is at `url`: Found. Follows at most five redirects. Takes at most twice `timeout` seconds, names aside.

    `allowed` are "host:port" texts that may be asked although they are not public: for tests alone.
    """
    asking = Asking(user_agent, now, timeout, allowed, ends=time.monotonic() + 2 * timeout)
    try:
        found = _follow("HEAD", url, asking)
        # Many servers refuse HEAD, or answer it at random.
        if found.error == "dropped" or ((found.status or 0) >= 400 and found.status != 429):
            found = _follow("GET", url, asking)
    except NotAsked as error:
        return Found(error=error.code)
    return found


def is_public(address):
    """Whether an IP address (text) is on the public internet, also behind the forms that wrap an IPv4 address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inner is None and ip in NAT64:
            inner = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _follow(method, url, asking):
    for _hop in range(MOST_REDIRECTS + 1):
        try:
            status, headers = _ask(method, url, asking)
        except ssl.SSLError:
            return Found(error="tls")
        except TimeoutError:
            return Found(error="timeout")
        except ConnectionRefusedError:
            return Found(error="refused")
        except (OSError, http.client.HTTPException):
            return Found(error="dropped")
        location = headers.get("Location")
        if status not in REDIRECTS or not location:
            # The one byte that was asked for may be too many for an empty page.
            status = 200 if status == 416 else status
            return Found(status=status, retry_after=_seconds(headers.get("Retry-After"), asking.now))
        try:
            url = urljoin(url, location)
        except ValueError as error:
            raise NotAsked("address") from error
    return Found(error="redirects")


def _ask(method, url, asking):
    """(status, headers) of one request. The body is never read, so that its size and its packing do not matter."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:
        raise NotAsked("address") from error
    if parts.scheme not in ("http", "https") or not host:
        raise NotAsked("address")
    timeout = min(asking.timeout, asking.ends - time.monotonic())
    if timeout <= 0:
        raise TimeoutError
    sock = _connect(host, port, timeout, asking.allowed)
    cut = threading.Event()
    # A server that sends a byte every few seconds never runs into the socket's own timeout.
    watch = threading.Timer(timeout, lambda: _cut(sock, cut))
    watch.start()
    try:
        if parts.scheme == "https":
            context = ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
            sock.do_handshake()
        connection = http.client.HTTPConnection(host, port)
        connection.sock = sock
        target = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
        headers = {"User-Agent": asking.user_agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        name = f"[{host}]" if ":" in host else host
        headers |= {"Connection": "close", "Host": name if port in (80, 443) else f"{name}:{port}"}
        if method == "GET":
            headers["Range"] = "bytes=0-0"
        connection.request(method, quote(target, safe=AS_SENT), headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers
    except (OSError, http.client.HTTPException) as error:
        if cut.is_set():
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()
        sock.close()


def _connect(host, port, timeout, allowed):
    is_allowed = f"{host}:{port}" in allowed
    if port not in WEB_PORTS and not is_allowed:
        raise NotAsked("port")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAsked("name") from error
    addresses = [entry[4] for entry in found]
    # One private address among public ones is the trick itself.
    if not is_allowed and not all(is_public(address[0]) for address in addresses):
        raise NotAsked("private")
    problem = TimeoutError()
    for family, address in ((entry[0], entry[4]) for entry in found[:2]):
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(timeout / 2)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise problem


def _cut(sock, cut):
    cut.set()
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _seconds(text, now):
    """Retry-After as seconds from `now` (RFC 9110, 10.2.3: a number or a date), at most a day; None when unreadable."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_WAIT)
    try:
        wait = (parsedate_to_datetime(text) - now).total_seconds()
    except (TypeError, ValueError):
        return None
    return int(min(max(wait, 0), LONGEST_WAIT))
