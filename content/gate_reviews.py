"""The part of the publish gate that asks for a clinician's check. Pure, as content/gate.py is."""

import datetime
from dataclasses import dataclass

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from content.errors import Problem

# NHS England and NICE review patient texts at least every three years.
LONGEST_BETWEEN_CHECKS = datetime.timedelta(days=3 * 365 + 1)
# Where on the form a clinician is asked.
FIELD = "reviewer"


@dataclass(frozen=True)
class CheckFacts:
    """`is_needed`: this clinic publishes checked pages only. `last_other` is the day on which another text of the page
    was last found right, `today` a date, both in the clinic's zone. `wants_changes` when a clinician's last word on
    exactly this text was no."""

    is_needed: bool
    today: datetime.date
    last_other: datetime.date | None = None
    wants_changes: bool = False


def review_problems(data, facts):
    """Why this text may not be published without another check. `data` names the check that covers it, if any."""
    if not facts.is_needed:
        return []
    if facts.wants_changes:
        return [Problem(FIELD, _("A clinician asked for changes in exactly this text. Change it and ask again."))]
    if not data["last_reviewed"]:
        if facts.last_other is None:
            return [Problem(FIELD, _("Ask a clinician to check this text."))]
        return [
            Problem(
                FIELD,
                _("Ask a clinician to check this text. What they checked on %(day)s was another text.")
                % {"day": _day(facts.last_other)},
            )
        ]
    if data["next_review"] and datetime.date.fromisoformat(data["next_review"]) <= facts.today:
        return [
            Problem(
                FIELD,
                _("Ask a clinician to check this text again: the next check was due on %(day)s.")
                % {"day": _day(datetime.date.fromisoformat(data["next_review"]))},
            )
        ]
    return []


def next_review_problems(next_review, *, today):
    """Why this date (or None) cannot be the next check after one of today: an empty list when it can."""
    if next_review is None:
        return [Problem("next_review", _("Say when the page must be checked again."))]
    if next_review <= today:
        return [Problem("next_review", _("The next check must be after today."))]
    if next_review > today + LONGEST_BETWEEN_CHECKS:
        return [Problem("next_review", _("The next check must be within three years."))]
    return []


def _day(day):
    return format_date(day, "F j, Y")
