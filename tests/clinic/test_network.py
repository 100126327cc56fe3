import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.network import client_address, mailbox_key, network_key

PROXIES = ["10.0.0.0/8", "2001:db8:ffff::/48"]


@pytest.fixture(autouse=True)
def trusted(settings):
    settings.TRUSTED_PROXIES = PROXIES


def address(rf, remote, forwarded=None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(rf.get("/", REMOTE_ADDR=remote, **headers))


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger's claim
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", " 203.0.113.9 ", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),  # what the client itself sent stands on the left
        ("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 10.9.9.9, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "203.0.113.9:51234", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::7]:51234", "2001:db8::7"),
        ("10.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        ("10.0.0.1", '"[2001:DB8:0:0::7]:51234"', "2001:db8::7"),
        ("10.0.0.1", "2001:db8::7%eth0", "2001:db8::7"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("2001:db8:ffff::1", "203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", None, "203.0.113.9"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, _hidden", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9,", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2, ", "10.0.0.1"),
        ("10.0.0.1", "<script>alert(1)</script>", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4.5, 999.1.1.1", "10.0.0.1"),
        ("10.0.0.1", "[2001:db8::7", "2001:db8::7"),
        ("", "203.0.113.9", None),
        ("not an address", "203.0.113.9", None),
    ],
)
def test_the_address_of_a_client(rf, remote, forwarded, expected):
    assert address(rf, remote, forwarded) == expected


def test_without_trusted_proxies_nobody_is_believed(rf, settings):
    settings.TRUSTED_PROXIES = []

    assert address(rf, "10.0.0.1", "203.0.113.9") == "10.0.0.1"


def test_a_very_long_chain_is_read_only_as_far_as_it_is_trusted(rf):
    assert address(rf, "10.0.0.1", "1.2.3.4, " * 20_000 + "203.0.113.9") == "203.0.113.9"


@given(forwarded=st.text(alphabet=st.characters(codec="latin-1"), max_size=60))
def test_whatever_stands_in_the_header_the_answer_is_an_address(forwarded):
    class Request:
        META = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}

    ipaddress.ip_address(client_address(Request))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.200", True),
        ("203.0.113.9", "203.0.114.9", False),
        ("2001:db8:0:100::1", "2001:db8:0:1ff:9::9", True),
        ("2001:db8:0:100::1", "2001:db8:0:200::1", False),
        ("203.0.113.9", "::ffff:203.0.113.1", True),
    ],
)
def test_neighbors_in_one_network_share_a_key(one, other, same):
    assert (network_key(one) == network_key(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("pat@home.example", "PAT@Home.Example", True),
        ("pat@home.example", " pat@home.example ", True),
        ("pat@home.example", "pat+clinic@home.example", True),
        ("pat@home.example", "pat+@home.example.", True),
        ("pat@home.example", "p.at@home.example", False),
        ("pat@home.example", "pat@work.example", False),
        ("pat@home.example", "sam@home.example", False),
        ("pat.test@gmail.com", "pattest+x@GoogleMail.com", True),
        ("pat@пример.example", "pat@xn--e1afmkfd.example", True),
        ("ｐat@home.example", "pat@home.example", True),
        ("+one@home.example", "+two@home.example", False),
    ],
)
def test_ways_to_write_one_mailbox_share_a_key(one, other, same):
    assert (mailbox_key(one) == mailbox_key(other)) is same


@pytest.mark.parametrize("key_of", [network_key, mailbox_key])
def test_nobody_and_nothing_have_no_key(key_of):
    assert key_of("") == key_of(None) == ""
    assert network_key("unknown") == ""


@pytest.mark.parametrize("key", [network_key("203.0.113.9"), mailbox_key("pat@home.example")])
def test_a_key_shows_nothing_and_fits_its_column(key):
    assert re.fullmatch(r"[0-9a-f]{64}", key)


def test_keys_depend_on_the_secret(settings):
    before = network_key("203.0.113.9"), mailbox_key("pat@home.example")
    settings.SECRET_KEY = "another-key-for-tests-only-0123456789-0123456789"

    assert network_key("203.0.113.9") != before[0]
    assert mailbox_key("pat@home.example") != before[1]


@given(st.text(max_size=80))
def test_whatever_is_typed_as_an_address_has_a_key(text):
    assert mailbox_key(text) == mailbox_key(text.upper().lower()) or not text.isascii()
