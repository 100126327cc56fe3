"""One made-up word per field goes through the site. None may turn up in a log, address, header, cookie or mail.

A word that does turn up tells by itself which field leaked, and the negative controls show that the nets would hold it.
"""

import logging

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError
from django.test import Client

from booking.actions import answering
from booking.models import AppointmentRequest
from clinic import outbox
from tests.booking.patient import Patient, contact, make_site
from tests.factories import MONDAY_NOON, make_clinic

WORDS = {
    "patient_name": "Quorvax Patientname",
    "asked_by_name": "Zelmira Askedby",
    "email": "plimsoll-canary@example.com",
    "phone": "201-555-0164",
    "access_needs": "brontide access words",
    "insurance": "vellichor insurance words",
    "note": "susurrus note words",
}
# Parts by which a word is known even after the site rewrote it (case, E.164, national format).
TRACES = ["quorvax", "zelmira", "plimsoll", "5550164", "555-0164", "brontide", "vellichor", "susurrus"]


def traces_in(text):
    return [trace for trace in TRACES if trace in text.lower()]


@pytest.fixture
def nets(log_lines):
    """Everything that leaves the request's own rows and pages: asked at the end of each test."""
    return Nets(log_lines)


class Nets:
    def __init__(self, lines):
        self.lines = lines
        self.outside = []

    def remember(self, *responses):
        for response in responses:
            self.outside.append(response.wsgi_request.get_full_path())
            self.outside += [f"{name}: {value}" for name, value in response.headers.items()]
            self.outside.append(response.cookies.output())

    def caught(self):
        letters = [f"{letter.subject} {letter.body} {letter.alternatives}" for letter in mail.outbox]
        return {text for text in self.lines + self.outside + letters if traces_in(text)}


@pytest.mark.django_db(transaction=True)
@time_machine.travel(MONDAY_NOON, tick=False)
def test_a_request_sent_answered_and_mailed(nets, django_user_model):
    make_site(staff_email="desk@clinic.example")
    patient = Patient()
    patient.begin(who="other")
    typed = {name: WORDS[name] for name in ("patient_name", "asked_by_name", "phone", "email")}
    prepare = {name: WORDS[name] for name in ("access_needs", "insurance", "note")} | {"language": "en"}
    patient.fill(contact=contact(reach_whom="asker", **typed), prepare=prepare)
    patient.post("contact", {"patient_name": WORDS["patient_name"]})
    patient.send()
    patient.get("done")

    outbox.deliver_due(now=MONDAY_NOON)

    request = AppointmentRequest.objects.get()
    stored = {name: getattr(request, name) for name in WORDS if name != "phone"}
    assert stored == {name: word for name, word in WORDS.items() if name != "phone"}

    ana = django_user_model.objects.create_superuser("ana")
    staff = Client()
    staff.force_login(ana)
    pages = [staff.get("/admin/desk/"), staff.get(f"/admin/desk/requests/{request.pk}/")]
    pages.append(staff.post("/admin/desk/find/", {"words": WORDS["patient_name"]}))
    answering.claim(request_id=request.pk, by=ana, now=MONDAY_NOON)
    request.refresh_from_db()
    answering.decline(request_id=request.pk, version=request.version, reason="no_time_soon", by=ana, now=MONDAY_NOON)
    outbox.deliver_due(now=MONDAY_NOON)

    assert len(mail.outbox) == 3
    nets.remember(*patient.answers, *pages)
    # The address on the envelope is the one place where a mail must say who it is for.
    assert nets.caught() == set()


@pytest.mark.django_db
@time_machine.travel(MONDAY_NOON, tick=False)
def test_a_form_with_mistakes_keeps_what_was_typed_on_the_page_alone(nets):
    make_site()
    patient = Patient()
    patient.begin()
    patient.pass_checks()
    response = patient.post("reason", {"reason": WORDS["note"], "returning": WORDS["patient_name"]})
    assert response.status_code in (200, 422)
    nets.remember(*patient.answers)
    assert nets.caught() == set()


FAILURES = ["value", "chained", "integrity", "database", "template", "suspicious", "forbidden"]


@pytest.mark.django_db
@pytest.mark.urls("tests.njspine.failing_urls")
@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_of_any_kind(nets, failure):
    make_clinic()
    visitor = Client(raise_request_exception=False)
    response = visitor.post(f"/fails/{failure}/?condition={WORDS['note'].split()[0]}", WORDS)
    assert response.status_code in (400, 403, 500, 503)
    assert nets.lines
    assert len("".join(nets.lines).splitlines()) == 1
    nets.outside += [f"{name}: {value}" for name, value in response.headers.items()]
    nets.outside.append(response.cookies.output())
    assert nets.caught() == set()


@pytest.mark.django_db
def test_a_stranger_s_form(nets):
    make_clinic()
    response = Client(enforce_csrf_checks=True).post(
        "/appointments/", WORDS, headers={"referer": f"https://clinic.example/?name={WORDS['patient_name']}"}
    )
    assert response.status_code == 403
    nets.remember(response)
    assert nets.lines
    assert nets.caught() == set()


@pytest.mark.django_db
def test_names_typed_into_the_sign_in(nets):
    make_clinic()
    typed = {"username": WORDS["patient_name"], "password": WORDS["note"]}
    nets.remember(*(Client().post("/admin/login/", typed) for _ in range(7)))
    assert nets.caught() == set()


def test_the_nets_hold_a_word_that_leaks(nets):
    logging.getLogger("booking").warning("declined %s", WORDS["patient_name"])
    assert len(nets.caught()) == 1


def test_the_nets_would_hold_it_if_exception_texts_were_logged():
    error = IntegrityError(f"Key (phone)=({WORDS['phone']}) already exists")
    record = logging.LogRecord("django.request", 40, __file__, 1, "failed", (), (IntegrityError, error, None))
    assert traces_in(logging.Formatter().format(record)) == ["555-0164"]
