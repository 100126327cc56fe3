"""A page that is published, or planned, while one of its pictures is put into the trash: one of the two is refused."""

import contextlib
import datetime
import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from clinic import picture_trash
from clinic.models import Image
from clinic.picture_trash import PictureInUse, put_in_trash
from content import publishing
from content.editing import planning
from content.errors import NotPublishable
from content.models import Page, PlannedChange, Section
from tests.content.factories import make_condition, publish_flags
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
ROUNDS = 5
DAY = datetime.timedelta(days=1)
# Seconds that one waits for the other between check and commit: with the lock, in vain.
PATIENCE = 1
only_postgresql = pytest.mark.only_on("postgresql", reason="SQLite serializes whole transactions.")


@pytest.fixture(autouse=True)
def boss():
    make_clinic()
    publish_flags()
    return get_user_model().objects.create_superuser("boss")


def page_with_picture(number):
    page = make_condition()
    image = Image.objects.create(digest=f"{number:064}", alt="A low table", width=800, height=600, widths=[320, 640])
    Section.objects.filter(page=page, order=0).update(image=image, caption="The table is low.")
    return page, image


def publish(page):
    publishing.publish(page=page, by=None, why="Test", now=MONDAY_NOON)


def plan(page):
    planning.plan_publish(page=page, at=MONDAY_NOON + DAY, by=None, why="Test", now=MONDAY_NOON)


def run_plan(_page):
    assert planning.run_due_plans(now=MONDAY_NOON + DAY) == (1, 0)


def is_public(page):
    return Page.objects.get(pk=page.pk).live_version is not None or PlannedChange.objects.filter(page=page).exists()


def at_once(page, image, action, boss):
    """What was refused when both let go at the same moment; errors of any other kind come through."""
    barrier, refused, errors = threading.Barrier(2), [], []

    def run(act):
        try:
            connection.ensure_connection()
            barrier.wait(30)
            act()
        except (NotPublishable, PictureInUse) as error:
            refused.append(type(error))
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            errors.append(error)
        finally:
            connection.close()

    acts = (lambda: action(page), lambda: put_in_trash(image_id=image.pk, by=boss, now=MONDAY_NOON))
    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    image.refresh_from_db()
    return refused


def meet_between_check_and_commit(monkeypatch):
    """Both have found nothing against it before either of them writes, if nothing keeps them apart."""
    barrier = threading.Barrier(2)

    def meeting(real):
        def check(*args, **kwargs):
            found = real(*args, **kwargs)
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait(PATIENCE)
            return found

        return check

    for module, name in ((publishing, "text_problems"), (planning, "text_problems"), (picture_trash, "all_uses")):
        monkeypatch.setattr(module, name, meeting(getattr(module, name)))


@pytest.mark.parametrize("action", [publish, plan])
def test_whoever_is_second_is_refused(action, boss):
    for number in range(ROUNDS):
        page, image = page_with_picture(number)
        assert len(at_once(page, image, action, boss)) == 1
        assert is_public(page) == (image.trashed_at is None)


@pytest.mark.parametrize("action", [publish, plan])
def test_also_in_the_middle_of_both(action, boss, monkeypatch):
    page, image = page_with_picture(1)
    meet_between_check_and_commit(monkeypatch)
    assert len(at_once(page, image, action, boss)) == 1
    assert is_public(page) == (image.trashed_at is None)


def test_a_plan_that_runs_just_then_keeps_its_picture(boss, monkeypatch):
    page, image = page_with_picture(1)
    plan(page)
    meet_between_check_and_commit(monkeypatch)
    assert at_once(page, image, run_plan, boss) == [PictureInUse]
    assert image.trashed_at is None


@only_postgresql
@pytest.mark.parametrize("action", [publish, plan])
def test_without_the_lock_patients_would_see_what_is_in_the_trash(action, boss, monkeypatch):
    """Negative control."""
    page, image = page_with_picture(1)
    meet_between_check_and_commit(monkeypatch)
    for module in (publishing, planning):
        monkeypatch.setattr(module, "lock_pictures", lambda page, version=None: None)
    assert at_once(page, image, action, boss) == []
    assert is_public(page)
    assert image.trashed_at is not None
