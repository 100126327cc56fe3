"""The sample clinic with all its texts, seeded once for a module; every test works in a savepoint of its own."""

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from tests.factories import MONDAY_NOON


@pytest.fixture(scope="module")
def seeded_once(django_db_setup, django_db_blocker, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.MEDIA_ROOT", tmp_path_factory.mktemp("media"))
        with django_db_blocker.unblock(), time_machine.travel(MONDAY_NOON, tick=False), transaction.atomic():
            call_command("seed_clinic", verbosity=0)
            yield
            transaction.set_rollback(True)


@pytest.fixture
def seeded(seeded_once, db):
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield
