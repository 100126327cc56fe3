"""Checks by clinicians: asking for one, and the answer. An answer is about exactly one text, and stays for ever."""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.models import Clinic
from clinic.wall_clock import day_of
from content.drafts import text_digest
from content.editing.messages import CHECK_ANSWERED, CHECK_ASKED, tell
from content.editing.people import clinician_of, reviewers
from content.editing.saving import keep_draft
from content.errors import NotAllowed, NotChecked, Problem
from content.gate_reviews import next_review_problems
from content.models import Page, PageReview, ReviewRequest
from content.publishing import text_of
from content.states import Verdict


@transaction.atomic
def ask_for_check(*, page, of, note, by, now):
    """Ask the user `of`, or every clinical reviewer when `of` is None, to check the saved draft. The ReviewRequest.

    - keeps the draft as a version: that text is what they are asked about
    - takes the place of a request that is still open, which may be about an older text
    - writes to whoever is asked

    Raises NotChecked when the page is in the trash or nobody who is asked could answer.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    asked = list(reviewers())
    if page.trashed_at is not None:
        raise NotChecked([Problem("title", _("This page is in the trash. Take it out first."))])
    if of is not None and of not in asked:
        raise NotChecked([Problem("reviewer", _("This person cannot check pages. Choose somebody else."))])
    if not asked:
        raise NotChecked(
            [
                Problem(
                    "reviewer",
                    _(
                        "Nobody can check pages yet. A check needs a person in the group Clinical reviewer whose "
                        "sign-in is linked to a practitioner."
                    ),
                )
            ]
        )
    version = keep_draft(page=page, by=by, now=now)
    _close(page, now)
    request = ReviewRequest.objects.create(
        page=page, version=version, asked_by=by, asked_of=of, note=note.strip(), created_at=now
    )
    tell(CHECK_ASKED, request, asked if of is None else [of], now=now)
    return request


@transaction.atomic
def withdraw(*, page, by, now):
    """Nobody needs to check the page now. Whether a request was open."""
    return bool(_close(Page.objects.select_for_update().get(pk=page.pk), now))


@transaction.atomic
def approve(*, page, version, by, next_review, now):
    """The clinician `by` has checked exactly the text of `version` and found it right. The PageReview.

    - `next_review` is a date in the clinic's zone: after today, at most three years away
    - answers the open request for this text, and writes to who asked
    - sets the page's reviewer and dates, for lists and reminders; what patients see follows with the next publishing

    Raises NotAllowed for anybody but an active clinician with the permission, NotChecked for an impossible date,
    PageVersion.DoesNotExist when the page has no such text.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    practitioner = _clinician(by)
    today = day_of(now, Clinic.objects.get().zone)
    problems = next_review_problems(next_review, today=today)
    if problems:
        raise NotChecked(problems)
    review = _answer(page, version, Verdict.APPROVED, by, practitioner, now, next_review=next_review)
    page.reviewer, page.last_reviewed, page.next_review = practitioner, today, next_review
    # `updated_at` stays: nobody has changed the draft.
    page.save(update_fields=["reviewer", "last_reviewed", "next_review"])
    return review


@transaction.atomic
def want_changes(*, page, version, by, note, now):
    """The clinician `by` says what must change in exactly the text of `version`. The PageReview.

    Takes back an earlier yes to the same text. Raises NotAllowed and PageVersion.DoesNotExist as approve() does,
    NotChecked without a note.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    practitioner = _clinician(by)
    if not note.strip():
        raise NotChecked([Problem("note", _("Say what must change."))])
    return _answer(page, version, Verdict.CHANGES, by, practitioner, now, note=note.strip())


def open_request(page):
    """The request that nobody has answered yet, or None. One query."""
    return page.review_requests.filter(closed_at__isnull=True).select_related("asked_by", "asked_of", "version").first()


def _clinician(user):
    practitioner = clinician_of(user)
    if practitioner is None:
        raise NotAllowed
    return practitioner


def _answer(page, version, verdict, by, practitioner, now, **fields):
    digest = text_digest(text_of(page, version))
    review = PageReview.objects.create(
        page=page,
        version=version,
        digest=digest,
        verdict=verdict,
        by=by,
        practitioner=practitioner,
        created_at=now,
        **fields,
    )
    asked = open_request(page)
    if asked is not None and text_digest(text_of(page, asked.version)) == digest:
        _close(page, now)
        tell(CHECK_ANSWERED, review, {asked.asked_by} - {by}, now=now)
    else:
        tell(CHECK_ANSWERED, review, {version.by, page.owner} - {by}, now=now)
    return review


def _close(page, now):
    return page.review_requests.filter(closed_at__isnull=True).update(closed_at=now)
