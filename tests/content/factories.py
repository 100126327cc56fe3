"""Small made-up pages and warning signs. `published=True` goes through content.publishing, as an editor would."""

import datetime
import itertools

from clinic.models import Clinic
from content.anatomy import SECTIONS, Layout, PageKind, Rating
from content.drafts import text_digest
from content.editing.reviewing import approve
from content.editing.saving import keep_draft
from content.models import (
    Article,
    Condition,
    FlagArea,
    FlagGroup,
    Glossary,
    InfoPage,
    Movement,
    PageReview,
    RatedTreatment,
    RedFlag,
    Section,
    Source,
    Term,
    Treatment,
    Verdict,
)
from content.publishing import publish, publish_safety_library
from content.safety import live_library
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner
from tests.staff import make_reviewer

# Four digits, so that no title ever holds an emergency number: the gate refuses one that was typed.
counter = itertools.count(1001)
EARLIER = MONDAY_NOON - datetime.timedelta(days=7)

FLAGS = {
    "bladder": (FlagGroup.EMERGENCY, FlagArea.BELOW_WAIST, "trouble starting or stopping your pee"),
    "neck-cord": (FlagGroup.EMERGENCY, FlagArea.NECK_HEAD_ARMS, "clumsy hands and unsteady walking"),
    "fever": (FlagGroup.SAME_DAY, FlagArea.WITH_SOMETHING_ELSE, "back pain with fever"),
    "not-easing": (FlagGroup.SOON, FlagArea.BELOW_WAIST, "pain that does not ease with rest"),
}


def make_flag(key, **fields):
    group, area, text = FLAGS.get(key, (FlagGroup.EMERGENCY, FlagArea.BELOW_WAIST, f"sign {key}"))
    return RedFlag.objects.get_or_create(
        key=key, defaults={"group": group, "area": area, "text": text, "in_check": True} | fields
    )[0]


def publish_flags(*keys, by=None, why="Test", now=EARLIER):
    """The named warning signs, or all of FLAGS, made and published as a new safety library."""
    for key in keys or FLAGS:
        make_flag(key)
    return publish_safety_library(by=by, why=why, now=now)


def add_section(page, key, **fields):
    """A section with enough words for the gate, last on the page."""
    layout = next(kind.layout for kind in SECTIONS[PageKind(page.kind)] if kind.key == key)
    defaults = {"body": f"<p>Words about {key}.</p>"}
    if layout == Layout.DO_DONT:
        defaults |= {"do": "walk a little\nchange position", "dont": "stay in bed"}
    if layout == Layout.SYMPTOMS:
        defaults |= {"unlikely_if": "the pain stays in one place"}
    return Section.objects.create(page=page, key=key, order=page.sections.count(), **defaults | fields)


def add_source(page, **fields):
    number = page.sources.count() + 1
    return Source.objects.create(
        **{"page": page, "number": number, "citation": f"Study {number}", "year": "2019"} | fields
    )


def make_condition(*, published=False, **fields):
    """A condition that passes the gate once publish_flags() has run (published=True runs it when nothing is live)."""
    page = _make(Condition, "Condition", {"region": "lower_back", "also_called": "sore back"} | fields)
    for key in ("symptoms", "self_care", "see_someone", "expect", "treatments"):
        add_section(page, key)
    add_source(page)
    RatedTreatment.objects.create(
        condition=page, name="Exercise", rating=Rating.HELPS_SOME, text="<p>Helps some people. [1]</p>"
    )
    return _finish(page, published)


def make_treatment(*, published=False, **fields):
    page = _make(Treatment, "Treatment", {"rating": Rating.SMALL_SHORT} | fields)
    for key in ("session", "evidence", "risks", "contraindications"):
        add_section(page, key)
    add_source(page)
    return _finish(page, published)


def make_article(*, published=False, movements=0, **fields):
    page = _make(Article, "Article", {"key_points": "Keep moving.\nGo slowly."} | fields)
    add_section(page, "question", heading="Is moving safe?")
    add_source(page)
    if movements:
        add_section(page, "movements")
    for number in range(movements):
        Movement.objects.create(
            article=page, name=f"Move {number}", leave_out_if="it hurts", why="load", swap_for="rest", fine_again="soon"
        )
    return _finish(page, published)


def make_info(*, published=False, **fields):
    page = _make(InfoPage, "Practical page", {"no_emergency_card": True} | fields)
    add_section(page, "topic", heading="What to bring")
    return _finish(page, published)


def make_visit_page(body, **fields):
    """The live page about the visit, with one section of that text."""
    page = make_info(slug="visit")
    page.sections.update(body=body, **fields)
    return publish_page(page)


def make_glossary(*, published=False, terms=("disc", "nerve root"), **fields):
    page = _make(Glossary, "Glossary", {"slug": "glossary", "no_emergency_card": True} | fields)
    add_section(page, "terms")
    for term in terms:
        Term.objects.create(glossary=page, name=term, meaning=f"What {term} means.")
    return _finish(page, published)


def make_due(days, *, make=make_treatment, **fields):
    """A live page whose next check is due so many days after MONDAY_NOON: a clinician checked its live text."""
    page = make(published=True, **fields)
    answer_check(page, next_review=MONDAY_NOON.date() + datetime.timedelta(days=days))
    return page


def answer_check(page, *, verdict=Verdict.APPROVED, now=EARLIER, **fields):
    """A clinician's word on the live text of the page."""
    version = page.live_version
    return PageReview.objects.create(
        page_id=page.pk, version=version, digest=text_digest(version.data), verdict=verdict, created_at=now, **fields
    )


def make_every_kind():
    """One live page of each kind with its card, and an article that needs none."""
    publish_flags()
    make_condition(published=True, slug="sciatica", author=make_practitioner())
    make_treatment(published=True, slug="heat")
    make_article(published=True, slug="moves", movements=2)
    make_article(published=True, slug="quiet", no_emergency_card=True)
    make_info(published=True, slug="visit")


def make_clinician(username="rae", **fields):
    """A user whose checks count: in the group, and linked to a practitioner with these `fields`."""
    user = make_reviewer(username, email=f"{username}@clinic.example")
    make_practitioner(user=user, **fields)
    return user


def check_page(page, *, by=None, now=EARLIER, next_review=None):
    """A clinician finds the draft right as it is saved; the next check is due half a year later. The PageReview."""
    version = keep_draft(page=page, by=None, now=now)
    due = next_review or now.date() + datetime.timedelta(days=182)
    return approve(page=page, version=version, by=by or make_clinician(), next_review=due, now=now)


def publish_page(page, *, by=None, why="Test", now=MONDAY_NOON):
    """Publishes and returns the page as it stands in the database afterwards."""
    publish(page=page, by=by, why=why, now=now)
    return type(page).objects.get(pk=page.pk)


def _make(model, name, fields):
    number = next(counter)
    flags = fields.pop("flags", () if fields.get("no_emergency_card") else ("bladder", "fever"))
    defaults = {
        "title": f"{name} {number}",
        "slug": f"{model.__name__.lower()}-{number}",
        "tagline": f"One line about {number}",
        "summary": "What it is. How it usually goes.",
        "search_description": "A description for search engines that is long enough to pass.",
    }
    page = model.objects.create(**defaults | fields)
    page.red_flags.set([make_flag(key) for key in flags])
    return page


def _finish(page, published):
    if not published:
        return page
    if not Clinic.objects.exists():
        make_clinic()
    live = set(page.red_flags.values_list("key", flat=True))
    if live and not _published_keys() >= live:
        publish_flags()
    return publish_page(page)


def _published_keys():
    return {flag.key for flag in live_library().flags}
