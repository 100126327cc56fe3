"""Who is asking: a client's address behind proxies, and keyed hashes that count without keeping addresses."""

import ipaddress
import unicodedata
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

# A home or an office usually has one of these, so neighbors in it count as one sender.
IPV4_PREFIX, IPV6_PREFIX = 24, 56
DOTS_DO_NOT_COUNT = {"gmail.com", "googlemail.com"}


def client_address(request):
    """The address of the machine that asks, as text, or None when nobody trustworthy tells it.

    X-Forwarded-For is read from the right, and only as far as the hops are in settings.TRUSTED_PROXIES: everything
    to the left of the first stranger is the stranger's own claim. IPv4 written as IPv6 comes out as IPv4.
    """
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    address = _parse(request.META.get("REMOTE_ADDR", ""))
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "")
    while hops and _is_in(address, trusted):
        hops, _, last = hops.rpartition(",")
        hop = _parse(last)
        if hop is None:
            break
        address = hop
    return None if address is None else str(address)


def network_key(address):
    """Keyed hash of the network around an address given as text; "" for an unknown one.

    Cuts IPv4 to /24 and IPv6 to /56 first. It changes with SECRET_KEY, and nobody without the key can list it.
    """
    parsed = _parse(address or "")
    if parsed is None:
        return ""
    prefix = IPV4_PREFIX if parsed.version == 4 else IPV6_PREFIX
    return _keyed("clinic.network_key", str(ipaddress.ip_network((parsed, prefix), strict=False)))


def mailbox_key(email):
    """Keyed hash of the mailbox behind an e-mail address; "" for an empty one.

    Upper and lower case, a `+tag`, a dot at the end of the domain and, at Gmail, dots in the name do not make another
    mailbox. Fold for counting only: mail goes to the address as it was typed.
    """
    local, _, domain = unicodedata.normalize("NFKC", email or "").strip().casefold().rpartition("@")
    domain = _ascii_domain(domain.rstrip("."))
    # A name that is nothing but a tag stays whole: cutting it would throw strangers together.
    local = local.partition("+")[0] or local
    if domain in DOTS_DO_NOT_COUNT:
        domain = "gmail.com"
        local = local.replace(".", "")
    return _keyed("clinic.mailbox_key", f"{local}@{domain}") if local or domain else ""


def number_keys(number):
    """Keyed hashes of a phone number, the newest key's first: one for SECRET_KEY and for each of its fallbacks.

    All of them, because whoever said STOP under an older key said it for good. `number` is like +12015550123.
    """
    value = str(number)
    return [
        _keyed("clinic.number_key", value, secret=key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


@lru_cache(maxsize=4)
def _networks(trusted):
    return [ipaddress.ip_network(text.strip(), strict=False) for text in trusted]


def _is_in(address, networks):
    return address is not None and any(address in network for network in networks)


def _parse(text):
    """The address in `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80` or `2001:db8::1%eth0`; None for anything else."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _ascii_domain(domain):
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _keyed(salt, value, *, secret=None):
    return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()
