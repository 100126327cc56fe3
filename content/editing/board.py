"""What waits for somebody: pages due for a check, questions to clinicians, plans, forgotten drafts. Reads only.

The date that counts is the live version's. A clinician who checks the live text again moves it on, before anybody
publishes anything.
"""

import datetime
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, NullIf
from django.urls import reverse

from clinic.wall_clock import day_of
from content.anatomy import PageKind
from content.drafts import MODELS, readable
from content.models import ExternalLink, Page, PageReview, PageVersion, PlannedChange, ReviewRequest
from content.states import PlanState, VersionKind

DUE_SOON = datetime.timedelta(days=30)
FORGOTTEN_AFTER = datetime.timedelta(days=30)
DAY = datetime.timedelta(days=1)
NOBODY = "nobody"
# What stands for "no date" when rows are sorted: after all others.
LAST = datetime.date.max


@dataclass(frozen=True)
class Row:
    """A page on the board. `due` is a date of the clinic; `since`, `asked_of`, `note` and `days` say what its list is
    about: days overdue, left, or unchecked."""

    pk: int
    kind: str
    title: str
    url: str
    owner_id: int | None
    owner: str
    due: datetime.date | None = None
    days: int = 0
    since: datetime.datetime | None = None
    who: str = ""
    note: str = ""


@dataclass(frozen=True)
class Board:
    overdue: tuple[Row, ...]
    due_soon: tuple[Row, ...]
    never_checked: tuple[Row, ...]
    waiting: tuple[Row, ...]
    failed: tuple[Row, ...]
    planned: tuple[Row, ...]
    forgotten: tuple[Row, ...]
    dead_links: int
    owners: tuple[tuple[int, str], ...]


def due_pages(*, today, within=DUE_SOON):
    """Live pages whose next check is due until `today` + `within`, each with `due`, most overdue first. One query."""
    latest = today + within
    pages = _with_due(Page.objects.published()).filter(_due_until(latest)).select_related("owner")
    for page in pages:
        page.due = _due_of(page.rechecked, page.due_text)
    return sorted(pages, key=lambda page: (page.due, page.live_title))


def count_overdue(*, today):
    """How many live pages should have been checked by now. One query."""
    return _with_due(Page.objects.published()).filter(_due_until(today - DAY)).count()


def load_board(*, now, zone, kinds=tuple(PageKind), owner="", kind=""):
    """The Board for pages of `kinds`, narrowed to one kind and to one owner: an id as text, NOBODY, or "" for all.

    At most seven queries, however many pages there are.
    """
    today = day_of(now, zone)
    soon = today + DUE_SOON
    pages = _with_due(Page.objects.kept().filter(kind__in=[kind] if kind in kinds else kinds))
    pages = list(pages.select_related("owner").order_by("title", "pk"))
    owners = sorted({(page.owner_id, _name(page.owner)) for page in pages if page.owner_id}, key=lambda pair: pair[1])
    shown = {page.pk: page for page in pages if not owner or str(page.owner_id or NOBODY) == owner}
    dated = [(page, _due_of(page.rechecked, page.due_text)) for page in shown.values() if page.live_version_id]
    return Board(
        overdue=_by_date(_row(page, due=due, days=(today - due).days) for page, due in dated if due and due < today),
        due_soon=_by_date(
            _row(page, due=due, days=(due - today).days) for page, due in dated if due and today <= due <= soon
        ),
        never_checked=_by_age(
            _row(page, since=page.first_published_at, days=(now - page.first_published_at).days)
            for page, due in dated
            if not due
        ),
        waiting=_by_age(_waiting(shown)),
        failed=_by_age(_plans(shown, PlanState.FAILED)),
        planned=_by_age(_plans(shown, PlanState.WAITING)),
        forgotten=_by_age(_forgotten(shown, now)),
        dead_links=ExternalLink.objects.filter(is_dead=True).count(),
        owners=tuple(owners),
    )


def _with_due(pages):
    # Of several answers to the live text the newest counts; one that wants changes has no date.
    again = PageReview.objects.filter(version=OuterRef("live_version")).order_by("-created_at", "-pk")
    return pages.annotate(
        # A text, so that it compares as one; SQLite spells JSON's null out.
        due_text=NullIf(
            Cast(KeyTextTransform("next_review", "live_version__data"), TextField()), Value("null", TextField())
        ),
        rechecked=Subquery(again.values("next_review")[:1]),
    )


def _due_until(day):
    # Dates in JSON are ISO 8601 texts, which sort as dates do.
    return Q(rechecked__lte=day) | Q(rechecked__isnull=True, due_text__lte=day.isoformat())


def _due_of(rechecked, text):
    return rechecked or (datetime.date.fromisoformat(text) if text else None)


def _row(page, **about):
    model = MODELS[PageKind(page.kind)]._meta.model_name
    url = reverse(f"admin:content_{model}_change", args=[page.pk])
    title = page.live_title or page.title
    return Row(page.pk, page.get_kind_display(), title, url, page.owner_id, _name(page.owner), **about)


def _waiting(shown):
    asked = ReviewRequest.objects.filter(closed_at__isnull=True).select_related("asked_of")
    for request in asked:
        if request.page_id in shown:
            yield _row(shown[request.page_id], since=request.created_at, who=_name(request.asked_of), note=request.note)


def _plans(shown, state):
    plans = PlannedChange.objects.filter(state=state)
    if state == PlanState.FAILED:
        # What was published since by hand needs nobody any more.
        plans = plans.filter(Q(page__live_since__isnull=True) | Q(page__live_since__lt=F("finished_at")))
    for plan in plans:
        if plan.page_id in shown:
            note = plan.problem if state == PlanState.FAILED else plan.get_action_display()
            yield _row(shown[plan.page_id], since=plan.at, note=note)


def _forgotten(shown, now):
    """Live pages whose draft has said something else for more than FORGOTTEN_AFTER."""
    live = {page.live_version_id: page for page in shown.values() if page.live_version_id}
    newer = PageVersion.objects.filter(kind=VersionKind.SAVED, page__live_version__in=live)
    newer = newer.filter(number__gt=F("page__live_version__number")).order_by("page", "number")
    first, newest = {}, {}
    for page_id, pk, created_at in newer.values_list("page_id", "pk", "created_at"):
        first.setdefault(page_id, created_at)
        newest[page_id] = pk
    old = {page_id for page_id, at in first.items() if now - at > FORGOTTEN_AFTER}
    wanted = {newest[page_id] for page_id in old} | {shown[page_id].live_version_id for page_id in old}
    texts = dict(PageVersion.objects.filter(pk__in=wanted).values_list("pk", "data")) if wanted else {}
    for page_id in sorted(old):
        page = shown[page_id]
        # Somebody may have typed the live words again.
        if readable(texts[newest[page_id]]) != readable(texts[page.live_version_id]):
            yield _row(page, since=first[page_id], days=(now - first[page_id]).days)


def _name(user):
    return "" if user is None else user.get_full_name() or user.get_username()


def _by_date(rows):
    return tuple(sorted(rows, key=lambda row: (row.due or LAST, row.title)))


def _by_age(rows):
    return tuple(sorted(rows, key=lambda row: (row.since, row.title)))
