"""Random work at the editors' desk, compared with a page on paper: a visitor only ever reads what was published then.

Every text has a word of its own, so that after each step all that is public can be searched for words that are not.
"""

import datetime
import re

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from clinic import caching
from content import publishing
from content.editing import planning
from content.editing.preview_links import link_to
from content.editing.restoring import restore
from content.editing.saving import keep_draft
from content.editing.sharing import revoke_preview_links
from content.editing.trash import restore_page, trash_page
from content.errors import NotPlanned, NotPublishable
from content.models import Page, Section
from tests.content.factories import make_condition, publish_flags
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
PATHS = ("/conditions/", "/", "/feed/", "/sitemap.xml")
WORD = re.compile(r"zq[a-z]+x")
HOURS = st.integers(1, 6)


def word(number):
    """A word of letters that no other text has, like “zqbcx”: numbers could be taken for phone numbers."""
    return "zq" + "".join(chr(ord("a") + int(digit)) for digit in str(number)) + "x"


class EditorsAtWork(RuleBasedStateMachine):
    """On paper: the word of the draft, that of the live text or None, and what is planned."""

    steps = 0

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        make_clinic()
        publish_flags()
        self.page = make_condition(slug="page")
        self.client, self.kept = Client(), {}
        self.now, self.number = MONDAY_NOON, 100
        self.draft, self.live, self.on, self.off = None, None, None, None
        self.links, self.ended = [], []
        self.is_whole, self.is_in_trash = True, False
        self.boss = get_user_model().objects.create_superuser("boss")
        self.slug, self.live_slug, self.old_slugs = "page", None, set()

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def write(self, token):
        self.draft = token
        text = f"About {token} in plain words."
        Page.objects.filter(pk=self.page.pk).update(
            title=f"Title {token}",
            tagline=text,
            summary=text if self.is_whole else "",
            search_description=f"{text} Long enough for what search engines want to show.",
        )
        Section.objects.filter(page=self.page).update(body=f"<p>{text}</p>")
        keep_draft(page=self.page, by=None, now=self.now)

    def common(self):
        return {"page": self.page, "by": None, "now": self.now}

    @initialize()
    def first_text(self):
        self.edit()

    @precondition(lambda self: not self.is_in_trash)
    @rule(back=st.integers(0, 8))
    def bring_an_older_version_back(self, back):
        texts = list(self.page.versions.exclude(data={}).order_by("-number")[: back + 1])
        restored = restore(version=texts[-1], **self.common())
        # With everything that it said: its words, its address unless another page has it, and its gaps.
        self.draft = restored.version.data["title"].removeprefix("Title ")
        self.is_whole = bool(restored.version.data["summary"])
        self.slug = restored.version.data["slug"]

    @precondition(lambda self: not self.is_in_trash)
    @rule(slug=st.sampled_from(["page", "pages", "paged"]))
    def move(self, slug):
        self.slug = slug
        Page.objects.filter(pk=self.page.pk).update(slug=slug)
        keep_draft(page=self.page, by=None, now=self.now)

    @precondition(lambda self: not self.is_in_trash)
    @rule()
    def share_a_preview(self):
        version = self.page.versions.exclude(data={}).select_related("page").first()
        self.links.append((link_to(version, now=self.now).path, version.data["title"].removeprefix("Title ")))

    @rule()
    def end_all_previews(self):
        revoke_preview_links(page=self.page)
        self.ended += self.links
        self.links = []

    @precondition(lambda self: not self.is_in_trash)
    @rule()
    def put_into_the_trash(self):
        trash_page(page=self.page, by=self.boss, may_take_off=True, why="", now=self.now)
        self.live = self.on = self.off = self.live_slug = None
        self.is_in_trash = True

    @precondition(lambda self: self.is_in_trash)
    @rule()
    def take_out_of_the_trash(self):
        restore_page(page=self.page, slug=self.slug, by=self.boss, now=self.now)
        self.is_in_trash = False

    @rule()
    def edit(self):
        self.number += 1
        self.write(word(self.number))

    @rule(back=st.integers(0, 8))
    def revert(self, back):
        self.write(word(max(101, self.number - back)))

    @rule()
    def break_a_rule_of_the_gate_or_mend_it(self):
        self.is_whole = not self.is_whole
        self.write(self.draft)

    @rule()
    def publish(self):
        try:
            publishing.publish(why="Newer", **self.common())
        except NotPublishable:
            assert self.is_in_trash or not self.is_whole
        else:
            assert self.is_whole
            assert not self.is_in_trash
            self.live, self.on = self.draft, None
            self.goes_live_at(self.slug)

    def goes_live_at(self, slug):
        self.live_slug = slug
        self.old_slugs.add(slug)

    @rule()
    def unpublish(self):
        publishing.unpublish(why="", **self.common())
        self.live = self.on = self.off = self.live_slug = None

    @rule(hours=HOURS)
    def plan_to_publish(self, hours):
        try:
            planning.plan_publish(at=self.now + hours * HOUR, why="Later", **self.common())
        except (NotPlanned, NotPublishable):
            return
        assert self.is_whole
        assert not self.is_in_trash
        self.on = (self.now + hours * HOUR, self.draft, self.slug)

    @rule(hours=HOURS)
    def plan_to_take_off(self, hours):
        try:
            planning.plan_unpublish(at=self.now + hours * HOUR, why="", **self.common())
        except NotPlanned:
            return
        self.off = self.now + hours * HOUR

    @precondition(lambda self: self.on or self.off)
    @rule()
    def cancel(self):
        for plan in planning.waiting(self.page).values():
            assert planning.cancel_plan(pk=plan.pk, **self.common())
        self.on = self.off = None

    @rule(hours=st.integers(0, 9))
    def time_passes_and_the_worker_runs(self, hours):
        self.now += hours * HOUR
        planning.run_due_plans(now=self.now)
        for when in sorted(filter(None, (self.on and self.on[0], self.off))):
            if when > self.now:
                break
            if self.on and when == self.on[0]:
                self.live, slug, self.on = self.on[1], self.on[2], None
                self.goes_live_at(slug)
            else:
                self.live = self.off = self.live_slug = None

    @invariant()
    def visitors_read_what_is_published_and_nothing_else(self):
        EditorsAtWork.steps += 1
        allowed = {self.live} - {None}
        here = f"/conditions/{self.live_slug}/"
        for path in (*([here] if self.live else []), *PATHS):
            answer = self.get(path)
            assert set(WORD.findall(answer)) <= allowed, path
            assert path in ("/", "/sitemap.xml") or set(WORD.findall(answer)) == allowed, path
        for slug in self.old_slugs | {self.slug}:
            answer = self.client.get(f"/conditions/{slug}/")
            if not self.live or slug not in self.old_slugs:
                assert answer.status_code == 404, slug
            elif slug == self.live_slug:
                assert answer.status_code == 200
            else:
                assert (answer.status_code, answer.headers.get("Location")) == (301, here), slug
        for path, token in self.links[-3:]:
            answer = self.client.get(path)
            assert answer.status_code == (404 if self.is_in_trash else 200)
            assert self.is_in_trash or set(WORD.findall(answer.content.decode())) <= {token} | allowed
        for path, _token in self.ended[-3:]:
            assert self.client.get(path).status_code == 404
        for token in {self.draft, self.live, self.on and self.on[1]} - {None}:
            answer = self.client.get("/search/", {"q": token}).content.decode()
            assert (f"Title {token}" in answer) == (token == self.live), token
            assert set(WORD.findall(answer)) - {token} <= allowed

    def get(self, path):
        """What a visitor reads who kept the page from before: a 304 means the kept one."""
        kept = self.kept.get(path)
        answer = self.client.get(path, headers={"If-None-Match": kept[0]} if kept else {})
        if answer.status_code == 304:
            return kept[1]
        text = answer.content.decode()
        self.kept.pop(path, None)
        if answer.status_code == 200 and "ETag" in answer.headers:
            self.kept[path] = (answer.headers["ETag"], text)
        return text


def walk(examples, steps):
    EditorsAtWork.steps = 0
    run_machine(
        EditorsAtWork,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
    return EditorsAtWork.steps


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)


def test_a_few_afternoons():
    assert walk(4, 15) > 15


@pytest.mark.proof
def test_many_afternoons():
    print(f"{walk(40, 40)} steps, each as on paper")  # noqa: T201  the figure of the proof


@pytest.fixture
def desk():
    desk = EditorsAtWork()
    desk.edit()
    yield desk
    desk.teardown()


def test_a_plan_that_published_the_newest_draft_would_be_caught(desk, monkeypatch):
    """Negative control."""
    really = planning.publish
    monkeypatch.setattr(planning, "publish", lambda version, **rest: really(**rest))
    desk.plan_to_publish(hours=1)
    desk.edit()
    desk.time_passes_and_the_worker_runs(hours=2)
    with pytest.raises(AssertionError):
        desk.visitors_read_what_is_published_and_nothing_else()


def test_a_search_that_forgot_nothing_would_be_caught(desk, monkeypatch):
    """Negative control."""
    desk.publish()
    desk.visitors_read_what_is_published_and_nothing_else()
    monkeypatch.setattr(publishing, "index_page", lambda page, data: None)
    desk.edit()
    desk.publish()
    with pytest.raises(AssertionError):
        desk.visitors_read_what_is_published_and_nothing_else()


def test_a_kept_page_that_was_never_asked_for_again_would_be_caught(desk, monkeypatch):
    """Negative control: an ETag that does not know of new versions."""
    monkeypatch.setattr(caching, "_etag", lambda path, site, stamps: f'W/"{path}"')
    desk.publish()
    desk.visitors_read_what_is_published_and_nothing_else()
    desk.edit()
    desk.publish()
    with pytest.raises(AssertionError):
        desk.visitors_read_what_is_published_and_nothing_else()


def test_a_link_that_opened_after_its_end_would_be_caught(desk, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(f"{__name__}.revoke_preview_links", lambda page: None)
    desk.share_a_preview()
    desk.visitors_read_what_is_published_and_nothing_else()
    desk.end_all_previews()
    with pytest.raises(AssertionError):
        desk.visitors_read_what_is_published_and_nothing_else()


def test_an_old_address_that_led_nowhere_would_be_caught(desk, monkeypatch):
    """Negative control."""
    desk.publish()
    monkeypatch.setattr(publishing, "lead_on", lambda **_: None)
    desk.move("pages")
    desk.visitors_read_what_is_published_and_nothing_else()
    desk.publish()
    with pytest.raises(AssertionError):
        desk.visitors_read_what_is_published_and_nothing_else()


def test_an_older_version_that_went_live_at_once_would_be_caught(desk, monkeypatch):
    """Negative control."""
    desk.publish()
    desk.edit()
    really = restore

    def restore_and_publish(**rest):
        found = really(**rest)
        publishing.publish(why="At once", **desk.common())
        return found

    monkeypatch.setattr(f"{__name__}.restore", restore_and_publish)
    desk.bring_an_older_version_back(back=0)
    with pytest.raises(AssertionError):
        desk.visitors_read_what_is_published_and_nothing_else()
