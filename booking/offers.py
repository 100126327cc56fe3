"""Which kinds of visit and which open times a patient may choose from."""

from django.db.models import Exists, OuterRef, Q

from booking.availability import open_times
from booking.choosing import kinds_that_fit
from booking.hold_rules import HOLD_IN_ALL
from booking.models import AppointmentType, Schedule
from booking.slots import MINUTE


def kinds_for(draft):
    """The kinds of visit that fit what the draft says, in their order; none before the reason is answered. One query.

    Only kinds of which some clinician has working hours on record: without any, patients say when they can come.
    """
    answers = draft.data.get("reason")
    if not answers:
        return []
    has_hours = Q(working_hours__isnull=False) | Q(extra_hours__isnull=False)
    at_work = Schedule.objects.filter(
        has_hours, practitioner__is_active=True, practitioner__in=OuterRef("practitioners")
    )
    kinds = AppointmentType.objects.filter(Exists(at_work), is_active=True).distinct()
    return kinds_that_fit(
        kinds,
        is_new_patient=answers.get("returning") == "no",
        recent_surgery=answers.get("recent_surgery") == "yes",
    )


def kind_of(draft, kinds):
    """The kind that the draft chose among these, else the first; None when there is none."""
    chosen = draft.data.get("visit_kind")
    return next((kind for kind in kinds if kind.pk == chosen), kinds[0] if kinds else None)


def earliest_start(type, site):
    """The instant from which a patient may take a time of this kind.

    What staff have to answer starts after the answer that we promise, counted from the last moment at which a request
    begun now is sent while its time is still held.
    """
    if type.booked_at_once:
        return site.now
    until_sent = HOLD_IN_ALL // MINUTE
    return site.opening.add_working_minutes(site.now, site.clinic.reply_within_hours * 60 + until_sent)


def offered_times(*, type, site, draft_id=None, **narrowed):
    """The OpenTimes that a patient may choose from. `narrowed` as in open_times(); so is the number of queries."""
    earliest = earliest_start(type, site)
    return [time for time in open_times(type=type, site=site, draft_id=draft_id, **narrowed) if time.start >= earliest]
