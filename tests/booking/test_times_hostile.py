"""A time that nobody offered, that is gone, or that comes from elsewhere: a sentence, and nothing is stored or lost."""

import datetime
import re

import pytest

from booking.models import BusySlot
from clinic.models import Practitioner
from tests.booking.chooser import HOUR, MINUTE, WEDNESDAY_9, Chooser, buttons, key, make_open_site
from tests.booking.patient import text_of
from tests.factories import MONDAY_NOON, make_location, make_practitioner, make_type

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return time_machine


@pytest.fixture
def kind():
    return make_open_site()


@pytest.fixture
def patient(kind):
    return Chooser()


def here(response):
    return response.headers["Location"].rstrip("/").rpartition("/")[2].replace("-", "_")


FORGED = {
    "off the grid": lambda kind: key(WEDNESDAY_9 + 7 * MINUTE),
    "past": lambda kind: key(MONDAY_NOON - 24 * HOUR),
    "too soon": lambda kind: key(MONDAY_NOON + 2 * HOUR),
    "two years ahead": lambda kind: key(WEDNESDAY_9 + 730 * 24 * HOUR),
    "at night": lambda kind: key(WEDNESDAY_9 + 12 * HOUR),
    "another place": lambda kind: key(place="There"),
    "a stranger": lambda kind: key(person=make_practitioner(name="Stranger").name),
    "someone who left": lambda kind: (
        Practitioner.objects.filter(name="Jordan Example").update(is_active=False) and key()
    ),
    "a place that closed": lambda kind: key(place=make_location(name="Gone", is_active=False).name),
    "a kind that is out of use": lambda kind: key(
        kind=make_type(for_new_patients=True, practitioners=kind.practitioners.all(), is_active=False)
    ),
    "a kind for others": lambda kind: key(
        kind=make_type(for_returning_patients=True, practitioners=kind.practitioners.all())
    ),
    "nothing": lambda kind: "",
    "rubbish": lambda kind: "1;2.3.4",
    "large": lambda kind: ".".join(["9" * 30] * 4),
    "large keys": lambda kind: "29700000.999999999.999999999.999999999",
    "NUL": lambda kind: key() + "\0",
    "other digits": lambda kind: "٢٩٧٠٠٠٠٠.١.١.١",
    "surrogate": lambda kind: "\ud800",
    "markup": lambda kind: "<script>alert(1)</script>",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_time_that_nobody_offered(patient, kind, name):
    """A sentence, open times to choose from, nothing stored, nothing lost."""
    patient.to_times()
    before = patient.draft.data
    page = patient.post("time", {"time": FORGED[name](kind)})
    assert page.status_code == 409
    assert "We do not offer this time. Choose another one." in text_of(page)
    assert "We kept everything you typed." in text_of(page)
    assert buttons(page)
    assert "<script>alert" not in page.content.decode()
    assert not BusySlot.objects.exists()
    assert patient.draft.data == before


def test_a_time_in_the_hour_that_the_clock_skips(patient, kind, clock):
    """In the night to March 14, 2027 there is no 2:30; its minute is 3:30, which nobody works either."""
    clock.move_to(datetime.datetime(2027, 3, 10, 17, tzinfo=datetime.UTC), tick=False)
    patient.to_times()
    gap = datetime.datetime(2027, 3, 14, 7, 30, tzinfo=datetime.UTC)
    assert patient.post("time", {"time": key(gap)}).status_code == 409


def test_a_time_that_somebody_took_shows_the_nearest_ones(patient):
    other = Chooser()
    other.to_times()
    other.choose()
    patient.to_times()
    page = patient.choose()
    assert page.status_code == 409
    words = text_of(page)
    assert "Wednesday, November 25, 9 am, New York time: Somebody else has this time" in words
    near = re.search(r'(?s)<ul class="bare near">(.*?)</ul>', page.content.decode())[1]
    assert near.count("<button") == 6
    assert "with Robin Sample" in near
    assert "<title>Error: Step 3 of 6" in page.content.decode()


def test_many_fields_and_repeated_ones(patient):
    patient.to_times()
    flood = {f"field{n}": "x" for n in range(10_000)}
    page = patient.post("time", {"time": key()} | flood)
    assert page.status_code == 400
    assert not BusySlot.objects.exists()
    assert here(patient.post("time", {"time": ["junk", key()], "state": "booked", "expires_at": "2099-01-01"})) == (
        "contact"
    )
    assert BusySlot.objects.get().kind == "hold"


def test_somebody_elses_draft(patient):
    patient.to_times()
    stranger = Chooser()
    stranger.path = patient.path
    page = stranger.choose()
    assert page.status_code == 410
    assert not BusySlot.objects.exists()


def test_a_form_that_lay_open_too_long(patient, clock):
    patient.to_times()
    clock.move_to(MONDAY_NOON + 3 * HOUR, tick=False)
    page = patient.choose()
    assert page.status_code == 410
    assert "This request is no longer open" in text_of(page)
    assert not BusySlot.objects.exists()
