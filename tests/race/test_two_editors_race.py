"""Two editors who press Save at the same moment: one is saved, the other is told, and no text is lost."""

import pytest
from django.test import Client

from clinic.version_check import VersionCheck
from content.models import PageVersion
from tests.content.factories import make_condition
from tests.content.reading import Soup, change_url, form_data
from tests.factories import make_clinic
from tests.race.racing import outcomes, race
from tests.staff import make_publisher

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
ROUNDS = 4
TOLD = "Not saved yet: somebody saved something else meanwhile"


@pytest.fixture
def page():
    make_clinic()
    return make_condition(title="As it was")


class Editor:
    """Saves a title of its own in every round, from a form that is opened before it."""

    def __init__(self, name, page):
        self.client = Client()
        self.client.force_login(make_publisher(name))
        self.name, self.page = name, page
        self.told = []
        self.open()

    def open(self):
        self.form = form_data(Soup.parse(self.client.get(change_url(self.page)).content.decode()))

    def __call__(self, number):
        answer = self.client.post(
            change_url(self.page), self.form | {"title": f"{self.name} {number}", "_continue": "Go"}
        )
        assert answer.status_code in (200, 302)
        self.told.append(TOLD in answer.content.decode())


def run(page):
    """Per round: who was told, and which title is saved afterwards."""
    editors = [Editor(name, page) for name in ("ana", "ben")]
    found = []
    for number in range(ROUNDS):
        for editor in editors:
            editor.open()
        outcomes(race(*[lambda _round, editor=editor, number=number: editor(number) for editor in editors]))
        page.refresh_from_db()
        found.append(([editor.told[-1] for editor in editors], page.title))
    return found


def test_one_is_saved_and_the_other_is_told(page):
    for number, (told, title) in enumerate(run(page)):
        assert sorted(told) == [False, True]
        assert title == f"{['ana', 'ben'][told.index(False)]} {number}"
    assert PageVersion.objects.filter(page=page).count() == ROUNDS


def test_without_the_check_one_overwrites_the_other(page, monkeypatch):
    """Negative control: both are told that their text was saved, and one of the two is gone."""
    monkeypatch.setattr(VersionCheck, "_on_what_is_saved", lambda self, request, obj, formsets: request)
    assert [told for told, _title in run(page)] == [[False, False]] * ROUNDS


@pytest.mark.only_on("postgresql", reason="SQLite lets one writing transaction run at a time.")
def test_without_the_lock_both_pass_the_check(page, monkeypatch):
    """Negative control: the check alone is no guard, because both look before either has saved."""
    monkeypatch.setattr(VersionCheck, "_locked", lambda self, request, pk: self.get_object(request, pk))
    both = [told for told, _title in run(page) if told == [False, False]]
    assert both
