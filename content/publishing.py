"""The one door to what patients read: publish, unpublish, and publish the warning signs."""

from dataclasses import asdict, replace

from django.db import transaction
from django.urls import NoReverseMatch, Resolver404, resolve
from django.utils.translation import gettext as _

from clinic.models import Clinic, Image
from clinic.wall_clock import day_of
from content.addresses import lead_on
from content.anatomy import ALWAYS_WITH_CARD
from content.drafts import SCHEMA, draft_data, newest_review, readable, reviewed, text_digest
from content.editing.links import broken_links
from content.editing.saving import next_number
from content.errors import NotAllowed, NotPublishable, Problem
from content.gate import Facts, library_problems, page_problems
from content.gate_reviews import CheckFacts, review_problems
from content.models import LiveLink, Page, PageVersion, PlannedChange, RedFlag, SafetyVersion, page_url
from content.safety import live_library
from content.search.index import index_page, unindex_page
from content.states import PlanAction, PlanState, Verdict, VersionKind

LIVE_FIELDS = ("live_version", "live_slug", "live_title", "live_tagline", "live_order", "live_since")
FLAG_FIELDS = ("key", "group", "area", "text", "in_check")


@transaction.atomic
def publish(*, page, by, why, now, version=None, by_plan=False, known=None):
    """Make the saved draft of `page`, or exactly `version` of it, what patients read. Returns the new PageVersion.

    - locks the page, so that racing publishers get consecutive numbers
    - stores the whole page as it stands in the database (not the instance in memory), with the clinician and dates of
      the check that covers exactly this text, or with none
    - points the live columns, the links and the search at it; the first version dates the page
    - by hand (not `by_plan`): cancels a plan to publish another text of the page, which is the older one now
    - `known` (content.editing.links.Known): where links may lead, for pages that go live in one transaction

    Raises NotPublishable with every reason of content/gate.py and gate_reviews.py; also for a page in the trash, and
    when `why` is empty for a page that was public before.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    lock_pictures(page, version)
    data = draft_data(page.pk) if version is None else text_of(page, version)
    # Whoever publishes the library waits here, so that no sign disappears between check and commit.
    list(RedFlag.objects.select_for_update(of=("self",)).filter(key__in=data["flags"]).order_by("pk"))
    problems = text_problems(page, data, why=why, now=now, known=known)
    if problems:
        raise NotPublishable(problems)
    if not by_plan:
        cancel_plans(page, PlanAction.PUBLISH, now=now)
    lead_on(page=page, slug=data["slug"], by=by, now=now)
    number = next_number(page.versions)
    version = PageVersion.objects.create(
        page=page, number=number, schema=SCHEMA, data=data, why=why.strip(), by=by, created_at=now
    )
    page.live_version = version
    page.live_slug = data["slug"]
    page.live_title = data["title"]
    page.live_tagline = data["tagline"]
    page.live_order = data["order"]
    page.live_since = now
    page.first_published_at = page.first_published_at or now
    page.save(update_fields=[*LIVE_FIELDS, "first_published_at"])
    set_live_links(page, data)
    index_page(page, data)
    return version


@transaction.atomic
def unpublish(*, page, by, why, now, by_plan=False):
    """Take a page off the site: its address answers 404. Draft and versions stay.

    A version without data records who did it and when, and is returned; None when the page was not live. By hand (not
    `by_plan`) it cancels what was planned for the page: a page that somebody takes away does not come back by itself.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    if not by_plan:
        cancel_plans(page, *PlanAction, now=now)
    if page.live_version_id is None:
        return None
    version = PageVersion.objects.create(
        page=page,
        number=next_number(page.versions),
        kind=VersionKind.OFF,
        schema=SCHEMA,
        data={},
        why=why.strip(),
        by=by,
        created_at=now,
    )
    page.live_version = None
    page.live_slug = page.live_title = page.live_tagline = ""
    page.live_order = 0
    page.live_since = None
    page.save(update_fields=LIVE_FIELDS)
    page.live_links.all().delete()
    unindex_page(page)
    return version


def lock_pictures(page, version=None):
    """Whoever puts a picture of the draft, or of `version`, into the trash waits until this transaction ends.

    Call it with the page locked, and read the text afterwards: what was in the trash before is then seen by the gate.
    """
    if version is None:
        pictures = page.sections.filter(image__isnull=False).values_list("image", flat=True)
    else:
        # The record of a removal has no text: text_of() refuses it.
        sections = readable(version.data, page.kind).get("sections", ())
        pictures = [section["image"]["id"] for section in sections if section["image"]]
    # In the order of their keys, so that two pages with the same pictures do not wait for each other. Rows that only
    # point at a picture need not wait.
    list(Image.objects.select_for_update(no_key=True).filter(pk__in=list(pictures)).order_by("pk").values_list("pk"))


def text_of(page, version):
    """What this version of the page says, as of the newest schema and with the check that covers it today.

    Raises PageVersion.DoesNotExist for a version of another page, and for one that only records a removal.
    """
    if version.page_id != page.pk or version.kind == VersionKind.OFF:
        raise PageVersion.DoesNotExist
    return reviewed(page.pk, readable(version.data, page.kind))


def text_problems(page, data, *, why, now, known=None):
    """Everything that stands between this text of the page and the public at `now`. Changes nothing.

    Without `known` (content.editing.links.Known) its links may lead to what patients can open now.
    """
    problems = [] if page.trashed_at is None else [Problem("title", _("This page is in the trash. Take it out first."))]
    problems += page_problems(data, page_facts(page, data, known=known))
    problems += review_problems(data, check_facts(page, data, now=now))
    if page.first_published_at and not why.strip():
        problems.append(Problem("why", _("Say in a few words what changed and why.")))
    return problems


def check_facts(page, data, *, now):
    """What content/gate_reviews.py needs to know. At most three queries."""
    clinic = Clinic.objects.first()
    if clinic is None or not clinic.pages_need_review:
        return CheckFacts(is_needed=False, today=now.date())
    answer = newest_review(page.pk, data)
    other = page.reviews.filter(verdict=Verdict.APPROVED).exclude(digest=text_digest(data)).first()
    return CheckFacts(
        is_needed=True,
        today=day_of(now, clinic.zone),
        last_other=day_of(other.created_at, clinic.zone) if other else None,
        wants_changes=answer is not None and answer.verdict == Verdict.CHANGES,
    )


def cancel_plans(page, *actions, now):
    """Cancel what waits to be done with the page, and return how many plans that were. Call it with the page locked."""
    return PlannedChange.objects.filter(page=page, action__in=actions, state=PlanState.WAITING).update(
        state=PlanState.CANCELLED, finished_at=now
    )


@transaction.atomic
def publish_safety_library(*, by, why, now, flags=None):
    """Make these warning signs what every page shows from now on, and return the new SafetyVersion.

    `by` None is for filling an empty database: the saved signs, without a second person. A person publishes the `flags`
    of a proposal, through content/safety_publishing.py alone. Raises NotPublishable, also when a live page would be
    left without an emergency sign or `why` is empty; NotAllowed for a person without a proposal.
    """
    if by is not None and flags is None:
        raise NotAllowed
    list(RedFlag.objects.select_for_update().order_by("pk"))
    flags = draft_flags() if flags is None else flags
    problems = signs_problems(flags)
    if not why.strip():
        problems.append(Problem("why", _("Say in a few words what changed and why.")))
    if problems:
        raise NotPublishable(problems)
    return SafetyVersion.objects.create(
        number=next_number(SafetyVersion.objects),
        data={"flags": flags},
        why=why.strip(),
        by=by,
        published_at=now,
    )


def page_draft_problems(page, *, data=None, now=None):
    """What stands between the saved draft and the public, for the editor's list. Changes nothing.

    `data` is the draft where it was read already. Without `now` a check that is missing or too old is left out.
    """
    data = draft_data(page.pk) if data is None else data
    problems = page_problems(data, page_facts(page, data))
    return problems if now is None else problems + review_problems(data, check_facts(page, data, now=now))


def library_draft_problems():
    """What stands between the saved warning signs and the public. Changes nothing."""
    return signs_problems(draft_flags())


def signs_problems(flags):
    """What stands between these warning signs (dicts of content.safety.Flag) and the public. Changes nothing."""
    return library_problems(flags, facts=gate_facts(), pages=list(_live_cards()))


def live_flags():
    """The warning signs that patients read now, as a proposal holds them."""
    return [asdict(flag) for flag in live_library().flags]


def library_has_unpublished_changes():
    return live_flags() != draft_flags()


def page_facts(page, data, *, known=None):
    """What the gate needs to know about the site for this text of the page."""
    return replace(
        gate_facts(),
        address_is_free=_address_is_free(page, data["slug"]),
        spine_pages=frozenset(Page.objects.filter(kind__in=ALWAYS_WITH_CARD).values_list("pk", flat=True)),
        broken_links=tuple(broken_links(data, known=known)),
    )


def gate_facts():
    clinic = Clinic.objects.first()
    return Facts(
        flag_groups={flag.key: flag.group for flag in live_library().flags},
        emergency_number=clinic.emergency_number if clinic else "",
        clinic_phone=str(clinic.phone.national_number) if clinic and clinic.phone else "",
    )


def set_live_links(page, data):
    treatments = [rated["treatment_id"] for rated in data["rated_treatments"]]
    targets = {pk for pk in (*data["related"], *treatments) if pk and pk != page.pk}
    page.live_links.all().delete()
    LiveLink.objects.bulk_create(LiveLink(from_page=page, to_page_id=pk) for pk in sorted(targets))


def _address_is_free(page, slug):
    same = Page.objects.published().filter(kind=page.kind, language=page.language, live_slug=slug)
    if same.exclude(pk=page.pk).exists():
        return False
    try:
        # A practical page stands at the root and must not hide behind /team/ or /admin/.
        return resolve(page_url(page.kind, slug)).view_name == f"content:{page.kind}"
    except (NoReverseMatch, Resolver404):
        return False


def draft_flags():
    """The saved warning signs, as a version and a proposal hold them."""
    return list(RedFlag.objects.kept().order_by("order", "pk").values(*FLAG_FIELDS))


def _live_cards():
    live = Page.objects.published().values_list(
        "live_title", "live_version__data__flags", "live_version__data__no_emergency_card"
    )
    return ((title, keys, not without_card) for title, keys, without_card in live)
