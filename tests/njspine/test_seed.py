"""`manage.py seed_clinic`: an empty database becomes the whole sample clinic, any other stays as it is."""

import datetime
import io
import shutil

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from booking.models import AppointmentRequest, PreferredWindow
from booking.states import RequestKind, SafetyOutcome
from clinic.models import Clinic, Location
from content.models import Page
from njspine.management.commands.seed_clinic import ALREADY
from njspine.sample import files
from njspine.sample.loader import load_clinic
from njspine.sample.portraits import store_portraits
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner

OURS = ("clinic", "content", "booking", "auth")


@pytest.fixture(scope="module", autouse=True)
def media(tmp_path_factory):
    """Pictures go to a folder of this module."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("media")
        patch.setattr("django.conf.settings.MEDIA_ROOT", folder)
        yield folder


def seed(*options):
    out = io.StringIO()
    call_command("seed_clinic", *options, stdout=out)
    return out.getvalue().strip()


def everything():
    """Every row of ours, as plain values."""
    return {
        model._meta.label: sorted(map(repr, model.objects.values()))
        for label in OURS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.label not in ("auth.Permission",)
    }


@pytest.mark.django_db
class TestSecondRun:
    def test_it_changes_nothing(self):
        assert seed() != ALREADY
        before = everything()
        assert sum(map(len, before.values())) > 400
        with time_machine.travel(MONDAY_NOON + datetime.timedelta(days=400)):
            assert seed() == ALREADY
        assert everything() == before

    def test_it_keeps_what_staff_changed(self):
        seed()
        Clinic.objects.update(name="A real clinic", is_sample=False)
        Page.objects.filter(slug="heat").update(title="Warmth")
        seed()
        assert Clinic.objects.get().name == "A real clinic"
        assert Page.objects.get(slug="heat").title == "Warmth"

    def test_a_clinic_of_one_row_is_a_clinic(self):
        make_clinic(name="Entered by hand")
        assert seed() == ALREADY
        assert Page.objects.count() == 0

    def test_a_database_that_is_neither_empty_nor_a_clinic_is_refused(self):
        make_practitioner()
        with pytest.raises(CommandError, match="not empty"):
            seed()
        assert Clinic.objects.count() == 0


@pytest.mark.django_db
class TestFailureInTheMiddle:
    @pytest.fixture
    def folder(self, tmp_path, monkeypatch):
        """A copy of the data files that a test may break."""
        folder = shutil.copytree(files.FOLDER, tmp_path / "sample")
        monkeypatch.setattr(files, "FOLDER", folder)
        return folder

    def test_a_text_that_the_gate_refuses_leaves_nothing(self, folder, monkeypatch):
        before = everything()
        # The last page of the last folder: everything else is written by then.
        page = folder / "pages" / "info" / "visit.toml"
        page.write_text(page.read_text().replace("Come as you are:", "Come as you are [9]:"))
        with pytest.raises(CommandError) as caught:
            seed()
        assert "info/visit" in str(caught.value)
        assert "[9]" in str(caught.value)
        assert everything() == before
        monkeypatch.undo()

    def test_the_next_run_repairs_it(self, folder):
        page = folder / "pages" / "info" / "visit.toml"
        whole = page.read_text()
        page.write_text(whole.replace('key = "topic"', 'key = "no-such-part"'))
        with pytest.raises(CommandError):
            seed()
        page.write_text(whole)
        seed()
        assert Page.objects.published().count() == len(files.read_pages())

    def test_a_text_that_is_too_long_is_refused_on_every_engine(self, folder):
        clinic = folder / "clinic.toml"
        clinic.write_text(clinic.read_text().replace('payer = "Demo Auto"', f'payer = "{"x" * 200}"'))
        with pytest.raises(Exception, match="at most 80 characters"):
            seed()
        assert Clinic.objects.count() == Location.objects.count() == 0

    def test_a_folder_for_pictures_that_cannot_be_written_is_one_sentence(self, tmp_path, settings):
        (tmp_path / "occupied").write_text("a file, not a folder")
        settings.MEDIA_ROOT = tmp_path / "occupied"
        with pytest.raises(CommandError, match="picture could not be stored"):
            seed()
        assert Clinic.objects.count() == 0


@pytest.mark.django_db
def test_the_database_lets_only_one_of_two_runs_in():
    seed()
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic():
        load_clinic(now=MONDAY_NOON, portraits=store_portraits(3))
    assert everything() == before


@pytest.mark.django_db
class TestDemoRequests:
    @pytest.fixture(autouse=True)
    def monday_noon(self):
        with time_machine.travel(MONDAY_NOON, tick=False):
            yield

    def test_they_wait_at_the_desk(self):
        assert "5 made-up requests" in seed("--demo-requests")
        requests = AppointmentRequest.objects.all()
        assert requests.count() == 5
        assert requests.filter(kind=RequestKind.CALL, safety_outcome=SafetyOutcome.SAME_DAY).count() == 1
        assert min(requests.values_list("received_at", flat=True)) == MONDAY_NOON - datetime.timedelta(hours=3.5)
        assert set(requests.values_list("safety_version", flat=True)) == {1}
        # Closed on Thanksgiving: the third open day after that Monday is the Friday.
        assert set(PreferredWindow.objects.values_list("day", flat=True)) == {
            datetime.date(2026, 11, day) for day in (24, 25, 27)
        }

    def test_they_come_to_a_sample_clinic_that_is_there_already(self):
        seed()
        assert ALREADY in seed("--demo-requests")
        assert AppointmentRequest.objects.count() == 5

    def test_they_come_once(self):
        seed("--demo-requests")
        with pytest.raises(CommandError, match="requests already"):
            seed("--demo-requests")
        assert AppointmentRequest.objects.count() == 5

    def test_a_real_clinic_gets_none(self):
        seed()
        Clinic.objects.update(is_sample=False)
        with pytest.raises(CommandError, match="sample clinic only"):
            seed("--demo-requests")
        assert AppointmentRequest.objects.count() == 0
