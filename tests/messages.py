"""A kind of message for tests of the outbox itself."""

from dataclasses import dataclass, field

import pytest
from django.db import transaction

from clinic import outbox
from clinic.outbox import OutgoingMail
from tests.factories import MONDAY_NOON, make_clinic

KIND = "letter"


def letter(message, now):
    """Each record has a mailbox of its own."""
    return OutgoingMail(
        to=f"pat{message.record_id}@home.example",
        subject="We got your request",
        text="Hello, we call you soon.\n",
        html="<p>Hello, we call you soon.</p>",
    )


def to_one_mailbox(message, now):
    """Every record has the same mailbox, like a stranger whom somebody wants to flood."""
    return OutgoingMail(to="victim+tag@home.example", subject="Hello", text="Hello")


@dataclass
class Letters:
    """Registers KIND; `render` may be replaced, `followed_up` tells what the hooks were told."""

    render: object = letter
    follow_up: object = None
    followed_up: list = field(default_factory=list)

    def register(self):
        outbox.register(
            KIND,
            lambda message, now: self.render(message, now),
            on_sent=lambda message, now: self.note("sent", message, now),
            on_failed=lambda message, now: self.note("failed", message, now),
        )

    def note(self, what, message, now):
        if self.follow_up:
            self.follow_up(message, now)
        self.followed_up.append((what, message.record_id, message.state))


def make_message(record_id=1, **arguments):
    """An enqueued letter, due at MONDAY_NOON."""
    with transaction.atomic():
        return outbox.enqueue(
            **{"kind": KIND, "record_id": record_id, "key": f"letter:{record_id}", "now": MONDAY_NOON} | arguments
        )


@pytest.fixture
def letters(db, monkeypatch):
    """The outbox of a clinic that knows KIND alone."""
    monkeypatch.setattr(outbox, "KINDS", {})
    make_clinic()
    letters = Letters()
    letters.register()
    return letters
