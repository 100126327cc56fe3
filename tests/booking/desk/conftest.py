"""Monday noon at the front desk: Sky is signed in, the clinic is open."""

import pytest
from django.contrib.auth.models import User

from tests.booking.staff_at_work import Desk
from tests.content.factories import publish_flags
from tests.factories import MONDAY_NOON
from tests.staff import make_front_desk


@pytest.fixture
def signs(db):
    """The published warning signs."""
    publish_flags()


@pytest.fixture
def desk(db, signs, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return Desk(User)


@pytest.fixture
def sky(desk):
    return make_front_desk(first_name="Sky")


@pytest.fixture
def page(client, sky):
    """Sky's browser."""
    client.force_login(sky)
    return client
