"""Moving a booked visit from the link in the mails."""

import re

import pytest

from booking.actions import answering, by_link
from booking.errors import TimeTaken
from booking.messages.desk import render_by_link
from booking.models import Appointment, AppointmentRequest
from booking.patient_links import link_token
from clinic.models import Location, OutgoingMessage, Practitioner
from tests.booking.chooser import HOUR, WEDNESDAY_9, buttons, key, make_open_site
from tests.booking.staff_at_work import assert_ledger_equals_visits
from tests.factories import MONDAY_NOON, make_request
from tests.staff import make_superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_open_site()


def book(kind, start, *, person="Jordan Example", **fields):
    asked = make_request(**{"email": "pat@home.example"} | fields)
    return answering.confirm(
        request_id=asked.pk,
        version=asked.version,
        type=kind,
        practitioner=Practitioner.objects.get(name=person),
        location=Location.objects.get(name="Here"),
        start=start,
        by=make_superuser(f"boss{asked.pk}"),
        now=MONDAY_NOON,
    )


@pytest.fixture
def visit(site):
    visit = book(site, WEDNESDAY_9)
    visit.refresh_from_db()
    return visit


def address(visit):
    return f"/appointments/mine/{link_token(visit.request)}/time/"


def move(client, row, start, **changes):
    sent = {"visit": row.pk, "version": row.version, "time": key(start)} | changes
    return client.post(address(row), sent, follow=True)


def words(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def test_the_page_shows_open_times_with_the_same_clinician(visit, client):
    page = client.get(address(visit), {"visit": visit.pk})
    assert "Until then you keep the time that you have." in words(page)
    shown = buttons(page)
    assert key(WEDNESDAY_9) not in dict(shown)
    assert key(WEDNESDAY_9 + HOUR) in dict(shown)
    assert all("Jordan Example" in name for _key, name in shown)


def test_others_are_one_press_away(visit, client):
    page = client.get(address(visit), {"visit": visit.pk, "practitioner": "any"})
    assert key(WEDNESDAY_9, person="Robin Sample") in dict(buttons(page))


def test_weeks_can_be_walked(visit, client):
    page = client.get(address(visit), {"visit": visit.pk})
    later = re.search(r'href="(\?visit=[^"#]*week=[^"#]*)#days"', page.content.decode())[1].replace("&amp;", "&")
    there = client.get(address(visit) + later)
    assert buttons(there)
    assert not set(buttons(there)) & set(buttons(page))
    assert "Earlier days, from" in words(there)


def test_one_press_moves_it_and_everybody_hears(visit, client):
    page = move(client, visit, WEDNESDAY_9 + HOUR)
    assert "Wednesday, November 25, 10 am, New York time" in words(page)
    visit.refresh_from_db()
    assert (visit.start, visit.state) == (WEDNESDAY_9 + HOUR, "booked")
    assert_ledger_equals_visits()
    assert AppointmentRequest.objects.get().told_how == "site"
    kinds = list(OutgoingMessage.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["moved", "by_link"]
    mail = render_by_link(OutgoingMessage.objects.get(kind="by_link"), MONDAY_NOON)
    assert "A patient moved a visit to another open time on the site." in mail.text


def test_a_press_sent_twice_moves_it_once(visit, client):
    move(client, visit, WEDNESDAY_9 + HOUR)
    again = move(client, visit, WEDNESDAY_9 + HOUR)
    assert again.status_code == 409
    assert OutgoingMessage.objects.filter(kind="by_link").count() == 1


@pytest.mark.parametrize("hours", [-48, -1, 12, 24 * 400])
def test_a_time_that_is_not_offered(visit, client, hours):
    page = move(client, visit, WEDNESDAY_9 + hours * HOUR)
    assert page.status_code == 409
    assert "Nothing was changed" in words(page)
    assert Appointment.objects.get().start == WEDNESDAY_9


@pytest.mark.parametrize("typed", ["", "x", "1.2.3.4", "9.9.any.9", "\x00"])
def test_rubbish_is_no_time(visit, client, typed):
    assert move(client, visit, WEDNESDAY_9, time=typed).status_code == 409


def test_a_time_that_somebody_took_meanwhile(site, visit, client):
    book(site, WEDNESDAY_9 + HOUR)
    page = move(client, visit, WEDNESDAY_9 + HOUR)
    assert page.status_code == 409
    assert Appointment.objects.get(pk=visit.pk).start == WEDNESDAY_9
    assert_ledger_equals_visits()


def test_the_old_time_is_kept_when_the_new_one_is_lost_in_the_last_moment(site, visit):
    other = book(site, WEDNESDAY_9 + HOUR)
    with pytest.raises(TimeTaken):
        by_link.move_visit(
            request_id=visit.request_id,
            appointment_id=visit.pk,
            version=visit.version,
            practitioner=visit.practitioner,
            location=visit.location,
            start=other.start,
            now=MONDAY_NOON,
        )
    assert_ledger_equals_visits()
    assert Appointment.objects.get(pk=visit.pk).start == WEDNESDAY_9


def test_nobody_elses_visit(site, visit, client):
    other = book(site, WEDNESDAY_9 + HOUR)
    assert client.get(address(visit), {"visit": other.pk}).status_code == 302
    assert move(client, visit, WEDNESDAY_9 + 3 * HOUR, visit=other.pk).status_code == 409
    assert Appointment.objects.get(pk=other.pk).start == WEDNESDAY_9 + HOUR
