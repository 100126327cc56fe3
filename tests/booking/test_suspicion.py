"""What makes a request look odd."""

import datetime

import pytest

from booking.suspicion import suspect_reasons

QUIET = {
    "honeypot": False,
    "took": datetime.timedelta(minutes=3),
    "from_network": 0,
    "from_mailbox": 0,
    "has_links": False,
}


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, ()),
        ({"honeypot": True}, ("honeypot",)),
        ({"took": datetime.timedelta(seconds=8)}, ()),
        ({"took": datetime.timedelta(seconds=7.9)}, ("too_fast",)),
        ({"took": datetime.timedelta(seconds=-5)}, ("too_fast",)),
        ({"from_network": 4}, ()),
        ({"from_network": 5}, ("network",)),
        ({"from_mailbox": 1}, ()),
        ({"from_mailbox": 2}, ("mailbox",)),
        ({"has_links": True, "honeypot": True, "from_network": 99}, ("honeypot", "network", "links")),
    ],
)
def test_reasons(changes, reasons):
    assert suspect_reasons(**QUIET | changes) == reasons
