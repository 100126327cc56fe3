"""Which tokens open which request, and for how long."""

import datetime

import pytest
from django.core.signing import Signer

from booking.actions import by_link
from booking.models import AppointmentRequest
from booking.patient_links import SALT, link_token, request_of
from tests.booking.staff_at_work import TOMORROW_9, Desk
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def test_a_token_opens_its_own_request_alone(desk):
    one, other = desk.request(), desk.request()
    assert link_token(one) != link_token(other)
    assert request_of(link_token(one), now=MONDAY_NOON) == one
    assert request_of(link_token(other), now=MONDAY_NOON) == other


def test_it_names_nobody(desk):
    token = link_token(desk.request(patient_name="Canaryname", reference="R-CANRY"))
    assert "CANRY" not in token
    assert str(AppointmentRequest.objects.get().pk) not in token.split(":")[0] or len(token) > 40


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: "x",
        lambda token: token[:-1],
        lambda token: token + "x",
        lambda token: token.swapcase(),
        lambda token: token.partition(":")[0],
        lambda token: ":" + token.partition(":")[2],
        lambda token: Signer(salt=SALT).sign("short"),
        lambda token: Signer(salt=SALT).sign("é"),
        lambda token: Signer(salt=SALT).sign("A" * 24),
        lambda token: Signer(salt="another").sign(token.partition(":")[0]),
        lambda token: "\x00" + token,
        lambda token: token * 200,
    ],
)
def test_spoiled_tokens_open_nothing(desk, spoil):
    assert request_of(spoil(link_token(desk.request())), now=MONDAY_NOON) is None


def test_a_bad_token_costs_as_many_questions_as_a_good_one(desk, django_assert_num_queries):
    token = link_token(desk.request())
    for one in (token, token + "x", Signer(salt=SALT).sign("A" * 24)):
        with django_assert_num_queries(1):
            request_of(one, now=MONDAY_NOON)


def test_staff_end_every_link_that_was_sent(desk):
    asked = desk.request()
    old = link_token(asked)
    by_link.revoke_links(request_id=asked.pk, generation=asked.link_generation, by=desk.ana, now=MONDAY_NOON)
    assert request_of(old, now=MONDAY_NOON) is None
    asked.refresh_from_db()
    assert request_of(link_token(asked), now=MONDAY_NOON) == asked


class TestHowLong:
    def test_until_a_week_after_the_visit(self, desk):
        asked = desk.request()
        visit = desk.confirm(asked, start=TOMORROW_9 + 20 * DAY)
        token = link_token(asked)
        assert request_of(token, now=visit.end + 7 * DAY) == asked
        assert request_of(token, now=visit.end + 7 * DAY + datetime.timedelta(seconds=1)) is None

    def test_until_a_week_after_it_was_closed_without_a_visit(self, desk):
        asked = desk.request(state="declined", closed_at=MONDAY_NOON, decline_reason="duplicate")
        assert request_of(link_token(asked), now=MONDAY_NOON + 7 * DAY) == asked
        assert request_of(link_token(asked), now=MONDAY_NOON + 8 * DAY) is None

    def test_as_long_as_it_waits(self, desk):
        asked = desk.request()
        assert request_of(link_token(asked), now=MONDAY_NOON + 300 * DAY) == asked

    def test_a_request_that_was_purged(self, desk):
        asked = desk.request()
        token = link_token(asked)
        AppointmentRequest.objects.all().delete()
        assert request_of(token, now=MONDAY_NOON) is None
