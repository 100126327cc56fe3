"""Shared by all tests."""

import logging

import pytest
from django.conf import settings
from django.db import connection
from django.template.base import Template
from django.test import SimpleTestCase

from njspine.environment import SQLITE
from njspine.last_known import last_known
from njspine.logs import OneLineFormatter
from tests import template_variables


def pytest_configure():
    # The hashed manifest exists only after collectstatic; fast hashing because no test guards a real password.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    database = settings.DATABASES["default"]
    if database["ENGINE"] == SQLITE:
        # A file, because race and fault tests start other processes, which cannot see a database in memory.
        database.setdefault("TEST", {})["NAME"] = str(settings.VAR_DIR / "tests-run.sqlite3")


# Where Django keeps the templates of form fields.
FIELDS = ("django/forms/", "admin/widgets/")
# Read before pytest-django puts the drawing of the tests in its place.
AS_ON_THE_SITE = Template._render

# On PostgreSQL every change runs what the engine decides: races, faults, booking's actions and constraints, and these
# of the other apps. The others, and booking's whole pages, run there with the large figures (the marker `pages`).
DECIDED_BY_THE_ENGINE = {
    *("clinic/test_facts", "clinic/test_facts_version", "clinic/test_outbox", "content/test_append_only"),
    *("content/test_missing_addresses", "content/test_planning", "content/test_safety_proposals"),
    *("content/test_search_table", "njspine/test_health", "njspine/test_worker"),
}
PAGES = {
    *("booking/test_manage", "booking/test_manage_offer", "booking/test_manage_time", "booking/test_messages"),
    *("booking/test_request_hostile", "booking/test_request_safety", "booking/test_request_steps"),
    *("booking/test_times_hostile", "booking/test_times_page", "booking/test_waiting_pages"),
}


def is_page(name):
    """Whether a test file, named as in the sets above, is about whole pages."""
    room = name.partition("/")[0]
    in_other_room = room in ("clinic", "content", "njspine") and name not in DECIDED_BY_THE_ENGINE
    return in_other_room or name in PAGES or name.startswith("booking/desk/")


def pytest_collection_modifyitems(config, items):
    """Leaves out what belongs to the other engine, and the large figures unless `-m` says what to run."""
    for item in items:
        if is_page(item.nodeid.removeprefix("tests/").partition(".py")[0]):
            item.add_marker(pytest.mark.pages)
        if shares_with_its_file(item) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    left_out = {item for item in items if not concerns(item, connection.vendor)}
    if not config.option.markexpr:
        left_out |= {item for item in items if item.get_closest_marker("proof")}
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def concerns(item, vendor):
    """Whether a test can say anything on this engine. What touches no database is run once, on SQLite."""
    if vendor == "postgresql" and not touches_database(item):
        return False
    return all(marker.args[0] == vendor for marker in item.iter_markers("only_on"))


def touches_database(item):
    is_test_case = isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, SimpleTestCase)
    fixtures = {"db", "transactional_db", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures or is_test_case)


def shares_with_its_file(item):
    """Whether something is made once for the whole file, like the sample clinic: then one worker makes it, not each.

    Not where whole tables are emptied afterwards: pytest-django has those run last, and a group would run sooner.
    """
    if {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
        return False
    if any(marker.kwargs.get("transaction") for marker in item.iter_markers("django_db")):
        return False
    made = getattr(item, "_fixtureinfo", None)
    found = made.name2fixturedefs.values() if made else ()
    return any(one.scope == "module" and one.baseid for fixtures in found for one in fixtures)


@pytest.fixture(scope="session")
def template_watcher():
    return template_variables.watch()


@pytest.fixture(autouse=True)
def no_missing_template_variables(template_watcher):
    """A variable that one of our templates names, and that the view did not give, fails the test."""
    template_watcher.take()
    yield
    missing = template_watcher.take()
    assert not missing, f"nobody gave these to the template: {missing}"


@pytest.fixture(scope="session", autouse=True)
def form_fields_are_drawn_as_on_the_site(django_test_environment):
    """Django's test client copies the context of every template drawn, and a page of the admin draws 500 small ones.

    Each field of a form is one; what tests ask of a page (`response.context`) is in none of them.
    """
    announced = Template._render

    def draw(self, context):
        return (AS_ON_THE_SITE if (self.name or "").startswith(FIELDS) else announced)(self, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", draw)
        yield


@pytest.fixture(autouse=True)
def nothing_known_yet():
    last_known.forget()


class Lines(logging.Handler):
    def __init__(self):
        super().__init__(level=logging.DEBUG)
        self.setFormatter(OneLineFormatter())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def log_lines():
    """Every line that the site's processes would write, as they would write it."""
    handler = Lines()
    loggers = [logging.getLogger(name) for name in (None, "gunicorn.error", "gunicorn.access")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.lines
    for logger in loggers:
        logger.removeHandler(handler)
