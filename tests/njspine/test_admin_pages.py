"""What stands on every admin page, and what stands on none."""

import datetime
import re

import pytest
from django.test import override_settings

from booking.actions import answering
from clinic import heartbeat
from clinic.models import Clinic, OutgoingMessage
from clinic.outbox import Health
from njspine.mail_alarm import alarm_for
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner, make_request, make_type
from tests.staff import make_editor, make_front_desk, make_superuser

HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
SMTP = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}
PAGES = [
    "/admin/",
    "/admin/booking/",
    "/admin/clinic/closure/",
    "/admin/clinic/closure/add/",
    "/admin/password_change/",
]
HEALTHY = {"oldest_due_age": None, "failed": 0, "mail_leaves": True, "worker_silent_for": MINUTE}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_location()
    return make_clinic()


@pytest.fixture
def sky(client):
    user = make_front_desk()
    client.force_login(user)
    return user


@pytest.mark.parametrize("page", PAGES)
def test_the_oldest_unanswered_request_is_on_every_page(client, sky, page):
    make_request(received_at=MONDAY_NOON - 3 * HOUR)
    assert "Oldest unanswered 3 h" in client.get(page).content.decode()


@pytest.mark.parametrize("page", ["/admin/", "/admin/clinic/closure/", "/admin/content/condition/"])
def test_editors_learn_nothing_of_requests(client, page):
    make_request(received_at=MONDAY_NOON - 3 * HOUR)
    client.force_login(make_editor())
    body = client.get(page).content.decode()
    assert "Oldest unanswered" not in body
    assert "/admin/desk/" not in body


@pytest.mark.parametrize("page", ["/admin/login/", "/admin/logout/"])
def test_nobody_outside_learns_anything(client, sky, page):
    make_request(received_at=MONDAY_NOON - 3 * HOUR)
    body = client.post("/admin/logout/").content.decode() if "logout" in page else ""
    client.logout()
    body += client.get("/admin/login/").content.decode()
    assert "Oldest unanswered" not in body
    assert "Mail does not leave" not in body


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, None),
        ({"failed": 1}, "1 message could not be sent."),
        ({"failed": 3}, "3 messages could not be sent."),
        ({"mail_leaves": False}, "Mail does not leave this machine."),
        ({"mail_leaves": False, "worker_silent_for": None}, "Mail does not leave this machine."),
        ({"worker_silent_for": None}, "The worker has never run here."),
        ({"worker_silent_for": 5 * MINUTE}, None),
        ({"worker_silent_for": 6 * MINUTE}, "The worker has been silent for 6 min."),
        ({"worker_silent_for": 50 * HOUR}, "The worker has been silent for 2 days."),
        ({"oldest_due_age": 15 * MINUTE}, None),
        ({"oldest_due_age": 95 * MINUTE}, "The oldest message has waited for 1 h 35 min."),
    ],
)
def test_which_alarm_stands_there(changes, said):
    alarm = alarm_for(Health(**HEALTHY | changes))
    assert (alarm is None) if said is None else said in f"{alarm.title} {alarm.text}"


@pytest.mark.parametrize("page", [*PAGES, "/admin/desk/"])
def test_the_alarm_is_on_every_page_while_mail_does_not_leave(client, sky, page):
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend"):
        assert 'class="staff-alarm"' in client.get(page).content.decode()


def test_no_alarm_while_all_is_well(client, sky):
    heartbeat.beat("worker", now=MONDAY_NOON)
    with override_settings(**SMTP):
        assert 'class="staff-alarm"' not in client.get("/admin/").content.decode()


def test_times_are_the_clinics(client):
    client.force_login(make_superuser())
    make_request(reference="R-TIMES")
    assert "Nov. 23, 2026, noon" in client.get("/admin/booking/appointmentrequest/").content.decode()
    Clinic.objects.update(time_zone="Asia/Kolkata")
    assert "Nov. 23, 2026, 10:30 p.m." in client.get("/admin/booking/appointmentrequest/").content.decode()


def test_before_there_is_a_clinic_the_admin_lets_somebody_enter_it(client):
    Clinic.objects.all().delete()
    client.force_login(make_superuser())
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/clinic/clinic/add/").status_code == 200
    assert client.get("/admin/desk/").status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "/admin/login/", "/admin/desk/", "/admin/desk/caller/", "/admin/auth/user/"])
def test_no_page_needs_what_the_policy_forbids(client, page):
    client.force_login(make_superuser())
    if page == "/admin/login/":
        client.logout()
    body = client.get(page).content.decode()
    assert not re.findall(r"<style|\sstyle=|\son\w+=|javascript:", body)
    assert not [tag for tag in re.findall(r"<script[^>]*>", body) if "src=" not in tag]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', body)


@pytest.mark.parametrize("page", [*PAGES, "/admin/login/", "/admin/desk/"])
def test_the_frame_of_every_page(client, page):
    client.force_login(make_superuser())
    if page == "/admin/login/":
        client.logout()
    body = client.get(page).content.decode()
    assert len(re.findall(r"<h1", body)) == 1
    assert len(re.findall(r"<main", body)) == 1
    assert body.index('href="#content-start"') < body.index("<header")
    assert 'content="noindex' in body


def test_requests_are_listed_by_reference_and_open_at_the_desk(client, sky):
    asked = make_request(reference="R-LISTS", patient_name="Canary Person")
    body = client.get("/admin/booking/appointmentrequest/").content.decode()
    assert "R-LISTS" in body
    assert "Canary" not in body
    opened = client.get(f"/admin/booking/appointmentrequest/{asked.pk}/change/")
    assert opened["Location"] == f"/admin/desk/requests/{asked.pk}/"
    assert client.get("/admin/booking/appointmentrequest/999/change/").status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("/admin/booking/appointmentrequest/", 13),
        ("/admin/booking/appointment/", 16),
        ("/admin/booking/appointmentevent/", 14),
        ("/admin/booking/appointmenttype/", 14),
        ("/admin/booking/schedule/", 14),
    ],
)
def test_lists_cost_a_fixed_number_of_queries(client, sky, page, queries, rows, django_assert_num_queries):
    for n in range(rows):
        location = make_location()
        answering.confirm(
            request_id=make_request().pk,
            version=1,
            type=make_type(),
            practitioner=make_practitioner(locations=[location]),
            location=location,
            start=MONDAY_NOON + (n + 1) * HOUR,
            by=sky,
            now=MONDAY_NOON,
        )
    with django_assert_num_queries(queries):
        client.get(page)


def test_no_name_in_a_list_a_log_or_a_deletion(client):
    """What Django writes down or asks about a record is its reference."""
    asked = make_request(reference="R-NAMES", patient_name="Canary Person")
    assert str(asked) == "R-NAMES"
    assert "Canary" not in " ".join(map(str, [asked, *OutgoingMessage.objects.all()]))
