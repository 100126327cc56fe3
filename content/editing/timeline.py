"""Everything that happened to a page, newest first, as sentences for people who edit it."""

import datetime
from dataclasses import dataclass, replace

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.models import PageReview, PlannedChange, ReviewRequest
from content.states import PlanAction, PlanState, Verdict, VersionKind

VERSIONS_ON_A_PAGE = 50
# What makes no version stands in Django's log, in these words (content/editing/trash.py).
TRASH_NOTES = {
    "Moved to the trash.": gettext_lazy("%(who)s moved the page to the trash."),
    "Restored from the trash.": gettext_lazy("%(who)s took the page out of the trash."),
}


@dataclass(frozen=True)
class Event:
    """One line of a history. `number` is that of a version that can be looked at, else None.

    `why` is the line that somebody typed. `earlier` are drafts that the same person saved right before this one.
    """

    at: datetime.datetime
    sentence: str
    why: str = ""
    number: int | None = None
    kind: str = ""
    by_id: int | None = None
    earlier: tuple = ()


@dataclass(frozen=True)
class Timeline:
    """One screen of a history: `pages` screens in all, this one being `number`, counted from 1."""

    events: tuple[Event, ...]
    number: int
    pages: int


def timeline(page, *, number=1):
    """The Timeline of a page, VERSIONS_ON_A_PAGE versions a screen with what happened between them.

    A screen that does not exist is the nearest one that does. Six queries.
    """
    pages = max(1, -(-page.versions.count() // VERSIONS_ON_A_PAGE))
    number = min(max(number, 1), pages)
    start = (number - 1) * VERSIONS_ON_A_PAGE
    # One more at the newer end: what happened after it stands on the screen before this one.
    rows = list(
        page.versions.select_related("by")
        .order_by("-number")
        .defer("data")[max(start - 1, 0) : start + VERSIONS_ON_A_PAGE]
    )
    newer, versions = (rows[0], rows[1:]) if start else (None, rows)
    until = newer.created_at if newer else None
    since = versions[-1].created_at if number < pages else None
    events = [_version_event(version) for version in versions]
    for found in (_reviews(page), _requests(page), _plans(page), _trash(page)):
        events += [
            event for event in found if (until is None or event.at < until) and (since is None or event.at >= since)
        ]
    # Of what happened at the same instant, a check or a plan came after the version that it is about.
    events.sort(key=lambda event: (event.at, event.number is None, event.number or 0), reverse=True)
    return Timeline(tuple(folded(events)), number, pages)


def folded(events):
    """The events with each run of drafts saved by one person as one event: saving often does not flood a history."""
    shown = []
    for event in events:
        last = shown[-1] if shown else None
        if last and _is_plain_save(event) and _is_plain_save(last) and last.by_id == event.by_id:
            shown[-1] = replace(last, earlier=(*last.earlier, event))
        else:
            shown.append(event)
    return shown


def who(user):
    """How a history names somebody."""
    return (user.get_full_name() or user.get_username()) if user else _("Somebody without an account now")


def _is_plain_save(event):
    return event.kind == VersionKind.SAVED and not event.why


def _version_event(version):
    sentence = {
        VersionKind.PUBLISHED: _("%(who)s published the page."),
        VersionKind.SAVED: _("%(who)s saved the draft."),
        VersionKind.OFF: _("%(who)s took the page off the site."),
    }[VersionKind(version.kind)]
    return Event(
        at=version.created_at,
        sentence=sentence % {"who": who(version.by)},
        why=version.why,
        number=None if version.kind == VersionKind.OFF else version.number,
        kind=version.kind,
        by_id=version.by_id,
    )


def _reviews(page):
    for review in PageReview.objects.filter(page=page).select_related("by", "version").defer("version__data"):
        sentence = (
            _("%(who)s checked version %(number)s as a clinician: it is right.")
            if review.verdict == Verdict.APPROVED
            else _("%(who)s checked version %(number)s as a clinician and asked for changes.")
        )
        words = {"who": who(review.by), "number": review.version.number}
        yield Event(at=review.created_at, sentence=sentence % words, why=review.note)


def _requests(page):
    rows = ReviewRequest.objects.filter(page=page).select_related("asked_by", "asked_of", "version")
    for request in rows.defer("version__data"):
        words = {
            "who": who(request.asked_by),
            "whom": who(request.asked_of) if request.asked_of else _("a clinician"),
            "number": request.version.number,
        }
        sentence = _("%(who)s asked %(whom)s to check version %(number)s.") % words
        yield Event(at=request.created_at, sentence=sentence, why=request.note)


def _plans(page):
    rows = PlannedChange.objects.filter(page=page).select_related("by", "version").defer("version__data")
    for plan in rows:
        words = {
            "who": who(plan.by),
            "at": date_format(timezone.localtime(plan.at), "F j, Y, g:i A"),
            "number": plan.version.number if plan.version else "",
        }
        sentence = (
            _("%(who)s planned to publish version %(number)s on %(at)s.")
            if plan.action == PlanAction.PUBLISH
            else _("%(who)s planned to take the page off the site on %(at)s.")
        )
        yield Event(at=plan.created_at, sentence=sentence % words, why=plan.why)
        if plan.state in (PlanState.FAILED, PlanState.CANCELLED):
            ended = (
                _("The change planned for %(at)s could not be made.")
                if plan.state == PlanState.FAILED
                else _("The change planned for %(at)s was called off.")
            )
            yield Event(at=plan.finished_at, sentence=ended % words, why=plan.problem)


def _trash(page):
    rows = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(page), object_id=str(page.pk))
    for entry in rows.filter(change_message__in=TRASH_NOTES).select_related("user"):
        sentence = TRASH_NOTES[entry.change_message] % {"who": who(entry.user)}
        yield Event(at=entry.action_time, sentence=sentence)
