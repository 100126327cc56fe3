"""The one door to what patients read: publish, unpublish, and publish the warning signs."""

from dataclasses import asdict

from django.db import transaction
from django.urls import NoReverseMatch, Resolver404, resolve
from django.utils.translation import gettext as _

from clinic.models import Clinic
from content.addresses import lead_on
from content.drafts import SCHEMA, draft_data, upgraded
from content.editing.saving import next_number
from content.errors import NotPublishable, Problem
from content.gate import Facts, library_problems, page_problems
from content.models import LiveLink, Page, PageVersion, RedFlag, SafetyVersion, page_url
from content.safety import live_library
from content.search.index import index_page, unindex_page
from content.states import VersionKind

LIVE_FIELDS = ("live_version", "live_slug", "live_title", "live_tagline", "live_order", "live_since")
FLAG_FIELDS = ("key", "group", "area", "text", "in_check")


@transaction.atomic
def publish(*, page, by, why, now):
    """Make the saved draft of `page` what patients read, and return its new PageVersion.

    - locks the page, so that racing publishers get consecutive numbers
    - stores the whole page as it stands in the database (not the instance in memory)
    - points the live columns, the links and the search at it; the first version dates the page

    Raises NotPublishable with every reason of content/gate.py; also when `why` is empty for a page that was public
    before.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    # Whoever publishes the library waits here, so that no sign disappears between check and commit.
    list(RedFlag.objects.select_for_update(of=("self",)).filter(pages=page).order_by("pk"))
    data = draft_data(page.pk)
    problems = page_problems(data, gate_facts(page, data["slug"]))
    number = next_number(page.versions)
    if page.first_published_at and not why.strip():
        problems.append(Problem("why", _("Say in a few words what changed and why.")))
    if problems:
        raise NotPublishable(problems)
    lead_on(page=page, slug=data["slug"], by=by, now=now)
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
def unpublish(*, page, by, why, now):
    """Take a page off the site: its address answers 404. Draft and versions stay.

    A version without data records who did it and when, and is returned; None when the page was not live.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
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


@transaction.atomic
def publish_safety_library(*, by, why, now):
    """Make the saved warning signs what every page shows from now on, and return the new SafetyVersion.

    Raises NotPublishable, also when a live page would be left without an emergency sign or `why` is empty.
    """
    list(RedFlag.objects.select_for_update().order_by("pk"))
    flags = _draft_flags()
    problems = library_draft_problems()
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


def page_draft_problems(page):
    """What stands between the saved draft and the public, for the editor's list. Changes nothing."""
    data = draft_data(page.pk)
    return page_problems(data, gate_facts(page, data["slug"]))


def has_unpublished_changes(page):
    """Whether the saved draft says anything else than the live page; true for a page that is not live."""
    return page.live_version is None or upgraded(page.live_version.data) != draft_data(page.pk)


def library_draft_problems():
    """What stands between the saved warning signs and the public. Changes nothing."""
    return library_problems(_draft_flags(), facts=gate_facts(), pages=list(_live_cards()))


def library_has_unpublished_changes():
    return [asdict(flag) for flag in live_library().flags] != _draft_flags()


def gate_facts(page=None, slug=None):
    clinic = Clinic.objects.first()
    return Facts(
        flag_groups={flag.key: flag.group for flag in live_library().flags},
        emergency_number=clinic.emergency_number if clinic else "",
        clinic_phone=str(clinic.phone.national_number) if clinic and clinic.phone else "",
        address_is_free=page is None or _address_is_free(page, slug),
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


def _draft_flags():
    return list(RedFlag.objects.kept().order_by("order", "pk").values(*FLAG_FIELDS))


def _live_cards():
    live = Page.objects.published().values_list(
        "live_title", "live_version__data__flags", "live_version__data__no_emergency_card"
    )
    return ((title, keys, not without_card) for title, keys, without_card in live)
