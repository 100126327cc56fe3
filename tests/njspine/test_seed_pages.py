"""What the sample clinic looks like once `manage.py seed_clinic` has filled an empty database."""

import datetime
import re

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from booking.models import Appointment, AppointmentRequest, RequestDraft, Schedule
from clinic.models import Clinic, Closure, Image, InsuranceParticipation, Location, OutgoingMessage, Practitioner
from clinic.site import load_site
from content.models import Page, PageVersion, RedFlag, SafetyVersion
from content.safety import live_library
from content.states import FlagGroup
from njspine.sample.files import read_pages, read_red_flags
from tests.factories import MONDAY_NOON

# The addresses that outside checks use.
PAGE_ADDRESSES = [
    "/conditions/sciatica/",
    "/conditions/post-surgical-pain/",
    "/conditions/axial-back-pain/",
    "/treatments/heat/",
    "/treatments/massage/",
    "/treatments/ultrasound/",
    "/treatments/manual-therapy/",
    "/treatments/stretching/",
    "/treatments/strengthening/",
    "/treatments/core-strengthening/",
    "/articles/physical-therapy-for-spinal-conditions/",
    "/articles/your-first-visit/",
    "/articles/healthy-or-harmful-pain/",
    "/articles/exercises-to-avoid/",
    "/articles/before-your-operation/",
    "/visit/",
    "/costs/",
    "/referral/",
    "/privacy/",
    "/accessibility/",
    "/notice-of-privacy-practices/",
    "/nondiscrimination/",
    "/good-faith-estimate/",
]
WITH_CARD = [address for address in PAGE_ADDRESSES if address.count("/") == 3]
OTHER_ADDRESSES = [
    "/",
    "/get-help-now/",
    "/conditions/",
    "/treatments/",
    "/articles/",
    "/team/",
    "/locations/",
    "/insurance/",
    "/contact/",
    "/appointments/",
    "/appointments/?condition=sciatica",
    "/appointments/call-me/",
    "/admin/",
    "/livez",
    "/readyz",
    "/robots.txt",
    "/sitemap.xml",
    "/.well-known/security.txt",
]


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    """Pictures go to a folder of this module."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("media")
        patch.setattr("django.conf.settings.MEDIA_ROOT", folder)
        yield folder


@pytest.fixture(scope="module")
def seeded_once(django_db_setup, django_db_blocker, media):
    with django_db_blocker.unblock(), time_machine.travel(MONDAY_NOON, tick=False), transaction.atomic():
        call_command("seed_clinic", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def seeded(seeded_once, db):
    """The sample clinic, seeded once for the whole module; each test works in a savepoint of its own."""


@pytest.mark.parametrize("address", [*PAGE_ADDRESSES, *OTHER_ADDRESSES])
def test_every_fixed_address_answers(address):
    assert Client().get(address, follow=True).status_code == 200


@pytest.mark.parametrize("address", PAGE_ADDRESSES)
def test_a_page_shows_its_words_and_no_token(address):
    text = Client().get(address).content.decode()
    assert "[emergency number]" not in text
    assert "[clinic phone]" not in text
    assert re.search(r"<h1[^>]*>\s*\S", text)
    cited = set(re.findall(r'href="#s(\d+)"', text))
    assert cited <= set(re.findall(r'id="s(\d+)"', text))


@pytest.mark.parametrize("address", WITH_CARD)
def test_a_medical_page_has_its_emergency_card_first(address):
    text = Client().get(address).content.decode()
    assert "care--em" in text
    assert text.index("care--em") < text.index("care--routine")
    assert text.count('href="tel:911"') == 1


def test_get_help_now_shows_every_emergency_sign():
    text = Client().get("/get-help-now/").content.decode()
    signs = RedFlag.objects.filter(group=FlagGroup.EMERGENCY)
    assert signs.count() >= 18
    for sign in signs:
        assert sign.text in text


def test_no_page_claims_a_review():
    for page in Page.objects.all():
        assert (page.reviewer, page.last_reviewed, page.next_review) == (None, None, None)
        assert page.author.licence_number.startswith("DEMO-")
        assert page.live_version.by is None


def test_every_text_is_public_and_nothing_else():
    assert Page.objects.count() == Page.objects.published().count() == PageVersion.objects.count() == len(read_pages())
    assert SafetyVersion.objects.count() == 1
    assert len(live_library().flags) == RedFlag.objects.count() == len(read_red_flags())


def test_no_patient_is_seeded():
    for model in (AppointmentRequest, Appointment, RequestDraft, OutgoingMessage):
        assert model.objects.count() == 0


def test_the_facts_are_those_of_the_file():
    clinic = Clinic.objects.get()
    assert (clinic.is_sample, clinic.phone.as_national, clinic.emergency_number) == (True, "(201) 555-0142", "911")
    assert clinic.new_patient_wait(today=MONDAY_NOON.date()) == 5
    assert list(Location.objects.values_list("name", flat=True)) == ["Exampleton", "Lower Sampleford"]
    assert list(Practitioner.objects.values_list("licence_number", flat=True)) == [
        "DEMO-0001",
        "DEMO-0002",
        "DEMO-0003",
    ]
    assert Schedule.objects.filter(practitioner__isnull=False).count() == 3
    assert Schedule.objects.filter(room__isnull=False).count() == 3
    assert set(InsuranceParticipation.objects.values_list("checked_on", flat=True)) == {MONDAY_NOON.date()}
    assert set(Group.objects.values_list("name", flat=True)) == {
        "Front desk",
        "Editor",
        "Clinical reviewer",
        "Publisher",
    }


def test_portraits_are_drawings_that_say_so():
    assert Image.objects.count() == 3
    for person in Practitioner.objects.all():
        assert "drawing" in person.portrait.alt
        answer = Client().get(person.portrait.src)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer.getvalue()


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2026-11-23T17:00", "Open until 6 pm"),  # Monday noon in New York
        ("2026-11-26T17:00", None),  # Thanksgiving
        ("2027-11-25T17:00", None),
        ("2026-12-25T17:00", None),  # a Friday
        ("2028-12-25T17:00", None),  # a Monday
    ],
)
def test_it_is_closed_on_holidays_of_coming_years(instant, text):
    state = load_site(now=datetime.datetime.fromisoformat(instant).replace(tzinfo=datetime.UTC)).open_state
    assert state.is_open == (text is not None)
    assert text is None or state.text == text


def test_closures_reach_five_years():
    thanksgivings = Closure.objects.filter(reason="Thanksgiving").values_list("first_day", flat=True)
    assert [day.isoformat() for day in thanksgivings] == [
        "2026-11-26", "2027-11-25", "2028-11-23", "2029-11-22", "2030-11-28",
    ]  # fmt: skip
