"""Each step of a first run looks whether it is needed, and can be repeated after it broke off half-way."""

import pytest
from django.contrib.auth import authenticate, get_user_model

from clinic.models import Clinic, Location
from content.models import SearchEntry
from njspine import preparation
from tests.content.factories import make_condition, publish_flags
from tests.factories import make_clinic, make_location

pytestmark = pytest.mark.django_db


class TestFirstSignIn:
    def test_it_opens_the_admin(self, rf):
        password = preparation.first_sign_in()
        user = authenticate(rf.post("/admin/login/"), username=preparation.FIRST_USER, password=password)
        assert user is not None
        assert user.is_superuser

    def test_it_is_told_once_and_kept_as_a_hash(self):
        password = preparation.first_sign_in()
        assert preparation.first_sign_in() is None
        user = get_user_model().objects.get()
        assert password not in str(user.__dict__)

    def test_two_installations_have_two_passwords(self):
        first = preparation.first_sign_in()
        get_user_model().objects.all().delete()
        assert preparation.first_sign_in() != first

    def test_a_clinic_with_an_administrator_gets_none(self):
        get_user_model().objects.create_superuser("ana")
        assert preparation.first_sign_in() is None


class TestSearchIndex:
    def test_pages_from_before_there_was_a_search_are_found(self):
        publish_flags()
        make_condition(published=True)
        SearchEntry.objects.all().delete()
        preparation.search_index()
        assert SearchEntry.objects.count() == 1

    def test_an_index_that_is_there_is_left_alone(self, monkeypatch):
        publish_flags()
        make_condition(published=True)
        monkeypatch.setattr(preparation, "rebuild", forbidden)
        preparation.search_index()


class TestSampleClinic:
    def test_a_clinic_that_is_there_is_left_alone(self, monkeypatch):
        monkeypatch.setattr(preparation, "call_command", forbidden)
        make_clinic(name="A Real Clinic", is_sample=False)
        assert preparation.sample_clinic() is False
        assert Clinic.objects.get().name == "A Real Clinic"

    def test_one_that_broke_off_leaves_nothing_and_is_made_whole_the_next_time(self, monkeypatch):
        def breaks_off(*arguments, **options):
            make_clinic()
            make_location()
            raise OSError("disk full")

        with monkeypatch.context() as patched:
            patched.setattr(preparation, "call_command", breaks_off)
            with pytest.raises(OSError, match="disk full"):
                preparation.sample_clinic()
        assert not Clinic.objects.exists()
        assert not Location.objects.exists()

        monkeypatch.setattr(preparation, "call_command", lambda *arguments, **options: make_clinic())
        assert preparation.sample_clinic() is True
        assert preparation.sample_clinic() is False


def forbidden(*arguments, **options):
    raise AssertionError("nothing may be done here")


class TestStaticFiles:
    @pytest.fixture
    def collected(self, settings, tmp_path, monkeypatch):
        """How often the static files were collected; the folder is `tmp_path`."""
        settings.STATIC_ROOT = tmp_path
        calls = []
        monkeypatch.setattr(preparation, "call_command", lambda *arguments, **options: calls.append(arguments))
        return calls

    def test_they_are_collected_once(self, collected):
        preparation.static_files()
        preparation.static_files()
        assert collected == [("collectstatic",)]

    def test_changed_ones_are_collected_again(self, collected, monkeypatch):
        preparation.static_files()
        monkeypatch.setattr(preparation, "static_fingerprint", lambda: "another")
        preparation.static_files()
        assert len(collected) == 2

    def test_a_run_that_broke_off_is_repeated(self, collected, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(preparation, "call_command", forbidden)
            with pytest.raises(AssertionError):
                preparation.static_files()
        preparation.static_files()
        assert len(collected) == 1

    def test_the_fingerprint_follows_the_files(self, settings, tmp_path):
        settings.STATICFILES_DIRS = [tmp_path]
        preparation.finders.get_finder.cache_clear()
        (tmp_path / "a.css").write_text("a{}")
        before = preparation.static_fingerprint()
        assert preparation.static_fingerprint() == before
        (tmp_path / "a.css").write_text("a{color:red}")
        assert preparation.static_fingerprint() != before
        preparation.finders.get_finder.cache_clear()
