"""Agreeing to texts on the site: asked only where they are sent, never ticked beforehand, kept as an instant."""

import pytest

from booking.models import AppointmentRequest
from clinic.models import OutgoingMessage
from tests import texts
from tests.booking.patient import Patient, contact, make_site, reason, text_of, when
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
QUESTION = "Also send me reminders by text message"


@pytest.fixture
def patient(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_site(name="Sample Clinic")
    return Patient()


def to_contact(patient):
    patient.begin()
    patient.pass_checks()
    patient.post("reason", reason())
    patient.post("when", when())


def test_where_none_are_sent_nobody_is_asked_and_a_tick_means_nothing(patient):
    to_contact(patient)
    assert QUESTION not in text_of(patient.get("contact"))
    patient.post("contact", contact(texts_ok="on"))
    patient.post("prepare")
    assert "text message" not in text_of(patient.get("review"))
    patient.send()

    assert AppointmentRequest.objects.get().text_agreed_at is None
    assert not OutgoingMessage.objects.filter(channel="text").exists()


def test_a_tick_is_kept_with_its_instant(patient, settings):
    texts.switch_on(settings)
    to_contact(patient)
    page = patient.get("contact")
    words = text_of(page)
    assert QUESTION in words
    assert (
        "Text messages come from Sample Clinic, about your visit only: at most 6 for each visit. Message and data rates"
        in words
    )
    assert "Reply STOP to end them" in words
    assert "You do not need them for a visit." in words
    assert "checked" not in str(page.context["form"]["texts_ok"])
    patient.post("contact", contact(texts_ok="on"))
    patient.post("prepare")
    assert "Also reminders by text message" in text_of(patient.get("review"))
    assert "checked" in str(patient.get("contact").context["form"]["texts_ok"])
    patient.send()

    assert AppointmentRequest.objects.get().text_agreed_at == MONDAY_NOON


def test_no_tick_is_no(patient, settings):
    texts.switch_on(settings)
    patient.fill()
    assert "No text messages" in text_of(patient.get("review"))
    patient.send()

    assert AppointmentRequest.objects.get().text_agreed_at is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"phone": "", "voicemail_ok": ""}, "Enter a phone number for text messages, or do not tick this"),
        ({"phone": "201-555-0123 ext. 4"}, "A number with an extension cannot get text messages: do not tick this"),
        ({"phone": "nonsense"}, "Enter a phone number with 10 digits"),
    ],
)
def test_a_number_is_needed_and_what_was_typed_is_kept(patient, settings, changes, says):
    texts.switch_on(settings)
    to_contact(patient)
    page = patient.post("contact", contact(texts_ok="on", **changes))

    assert page.status_code == 200
    assert says in text_of(page)
    assert 'value="Pat Testcase"' in page.text
