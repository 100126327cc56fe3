"""A time is held for somebody who is still filling in the request: taken in the ledger, for minutes, and given back.

Locks are always taken in this order: the draft, its network, then schedules by key. `wanted` is a WantedTime.
"""

from collections import defaultdict

from django.db import transaction

from booking.actions import ledger, transactions
from booking.actions.transactions import in_one_transaction
from booking.availability import at_work
from booking.choosing import least_booked_first
from booking.errors import DraftGone, NotOffered, TimeTaken
from booking.hold_rules import HOLD_IN_ALL, MOST_FROM_ONE_NETWORK, day_has_room, hold_ends
from booking.models import AppointmentType, BusySlot, RequestDraft
from booking.offers import earliest_start
from booking.slots import MINUTE
from booking.states import VISIT_SLOT_KINDS, SlotKind
from booking.wanted_time import WantedTime, wanted_time
from clinic.intervals import Interval
from clinic.models import Practitioner
from clinic.site import site_at
from clinic.wall_clock import DAY, day_of, to_instants, whole_days

# What makes somebody's week full, as far as sharing out goes.
COUNTED_KINDS = (*VISIT_SLOT_KINDS, SlotKind.HOLD)


@in_one_transaction
def hold_time(*, draft, type, practitioner, location, start, now, network_key="", known_site=None):
    """Remembers the time for this draft, and holds it until hold_ends(). `practitioner` None: whoever is free.

    - the clinician's time with the type's buffers and, where the type needs one, a room, stand in the ledger as a hold
    - of several clinicians who are free: the one with the fewest booked minutes that clinic week, then the lowest key
    - what the draft held before is free again; when this one cannot be had, it stays as it was
    - remembered but not held: when a fifth of the day is held by others, when their network holds MOST_FROM_ONE_NETWORK
      times, or an hour after the first hold

    `known_site`: the Site that the caller has read (clinic.site.site_at). Returns the draft. Raises NotOffered (off the
    grid, past, too soon, wrong clinician or place, kind out of use), TimeTaken, DraftGone.
    """
    row = lock_draft(draft)
    type = AppointmentType.objects.filter(pk=type.pk, is_active=True).first()
    site = site_at(known_site, now=now)
    if type is None or start < earliest_start(type, site):
        raise NotOffered
    person = practitioner.pk if practitioner else None
    people = at_work(type=type, site=site, start=start, location_id=location.pk, practitioner_id=person)
    if not people:
        raise NotOffered
    wanted = WantedTime(type, practitioner, location, start, chosen_at=now, is_any=practitioner is None)
    row.network_key = network_key
    _hold(row, wanted, people, site)
    return row


@in_one_transaction
def renew_hold(*, draft, now, known_site=None):
    """A Continue was pressed: the hold lasts HOLD_FOR longer, up to HOLD_IN_ALL from the first one.

    - a hold that had ended meanwhile is made again if the time is still free; if not, nothing is lost but the hold
    - a time that was never held stays so

    Returns the draft. DraftGone when it was deleted.
    """
    row = lock_draft(draft)
    if "time" not in row.data or row.held_since is None or hold_ends(now=now, held_since=row.held_since) <= now:
        return row
    ends = hold_ends(now=now, held_since=row.held_since)
    if BusySlot.objects.filter(draft=row, expires_at__gt=now).update(expires_at=ends):
        return row
    wanted = wanted_time(row)
    if wanted is None:
        return row
    site = site_at(known_site, now=now)
    try:
        with transaction.atomic():
            _hold(row, wanted, people_for(wanted, site), site)
    except (TimeTaken, NotOffered):
        # Whoever took it cleared only the schedules that they needed.
        row.holds.all().delete()
    return row


@in_one_transaction
def release_hold(*, draft):
    """The time is free again and forgotten; releasing twice changes nothing. Returns the draft, or raises DraftGone."""
    row = lock_draft(draft)
    row.holds.all().delete()
    if row.data.pop("time", None):
        row.save(update_fields=["data"])
    return row


def purge_holds(*, now):
    """Deletes every hold that is over, schedule by schedule, and returns how many rows."""
    over = BusySlot.objects.filter(kind=SlotKind.HOLD, expires_at__lte=now).order_by("schedule_id")
    return sum(_purge(schedule_id=key, now=now) for key in over.values_list("schedule_id", flat=True).distinct())


@in_one_transaction
def _purge(*, schedule_id, now):
    before = BusySlot.objects.filter(schedule=schedule_id, kind=SlotKind.HOLD)
    counted = before.count()
    ledger.lock_schedules([schedule_id], now=now)
    return max(counted - before.count(), 0)


def lock_draft(draft):
    """The draft's row, locked; DraftGone when it was deleted. Inside the caller's transaction."""
    row = RequestDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if row is None:
        raise DraftGone
    return row


def people_for(wanted, site):
    """{schedule id: AtWork} of those who may see the patient then: the one who was chosen, or anyone who works.

    Raises NotOffered when nobody does any more. Notice counts from the choice, for as long as a hold may last.
    """
    chosen_at = max(wanted.chosen_at, site.now - HOLD_IN_ALL)
    person = None if wanted.is_any else wanted.practitioner.pk
    people = {}
    if wanted.type.is_active:
        people = at_work(
            type=wanted.type,
            site=site,
            start=wanted.start,
            location_id=wanted.location.pk,
            practitioner_id=person,
            chosen_at=chosen_at,
        )
    if not people:
        raise NotOffered
    return people


def take_for_one(people, wanted, site, *, own_draft, write, first_choice=None, has_room=lambda key, held: True):
    """Locks everybody and every room that could do, and lets `write(schedule, room, held)` take the first that is free.

    `people` as in people_for(). In order of least_booked_first(), but `first_choice` (a practitioner's key) before all
    others, and those who `has_room(key, held)` before those who have not. The draft's own hold does not stand in the
    way. `held`: minutes that others hold on that schedule that day. Returns what `write` returns; raises TimeTaken when
    nobody, or no room, is free.
    """
    rooms = ledger.room_schedules(wanted.location) if wanted.type.needs_room else None
    locked = ledger.lock_schedules([*people, *(room.pk for room in rooms or ())], now=site.now)
    own_draft.holds.all().delete()
    schedules = {schedule.pk: schedule for schedule in locked}
    free, booked, held = _book_of(people, wanted, site)
    order = least_booked_first(free, booked)
    order.sort(key=lambda key: (people[key].practitioner_id != first_choice, not has_room(key, held[key])))
    for key in order:
        try:
            with transaction.atomic():
                room = ledger.first_free(rooms, **wanted.taken) if rooms is not None else None
                return write(schedules[key], room, held[key])
        except TimeTaken:
            # Only where a transaction cannot see what was committed after it began.
            continue
    raise TimeTaken


def _hold(row, wanted, people, site):
    writer = _HoldWriter(row, wanted, people, site)
    first_choice = None if wanted.practitioner is None else wanted.practitioner.pk
    picked = take_for_one(
        people, wanted, site, own_draft=row, write=writer, first_choice=first_choice, has_room=writer.has_room
    )
    person = wanted.practitioner
    if person is None or person.pk != picked:
        person = Practitioner.objects.get(pk=picked)
    kept = WantedTime(wanted.type, person, wanted.location, wanted.start, wanted.chosen_at, wanted.is_any)
    row.data = row.data | {"time": kept.to_keep()}
    row.save(update_fields=["data", "held_since", "network_key"])


class _HoldWriter:
    """Writes the hold on one schedule, and on a room; only remembers the time where nothing more may be held."""

    def __init__(self, row, wanted, people, site):
        self.row, self.wanted, self.people, self.now = row, wanted, people, site.now
        self.expires_at = hold_ends(now=site.now, held_since=row.held_since)
        self.may_hold = self.expires_at > site.now and not _network_is_full(row, site.now)
        span = wanted.taken
        self.minutes = (span["end"] - span["start"]) // MINUTE

    def has_room(self, key, held):
        return day_has_room(held=held, wanted=self.minutes, working=self.people[key].minutes)

    def __call__(self, schedule, room, held):
        if self.may_hold and self.has_room(schedule.pk, held):
            for owner in filter(None, [schedule, room]):
                ledger.take(
                    schedule=owner,
                    kind=SlotKind.HOLD,
                    draft=self.row,
                    expires_at=self.expires_at,
                    **self.wanted.taken,
                )
            self.row.held_since = self.row.held_since or self.now
        return self.people[schedule.pk].practitioner_id


def _network_is_full(row, now):
    """Whether other drafts from this network hold as much as one network may."""
    if not row.network_key:
        return False
    transactions.one_at_a_time(row.network_key)
    others = BusySlot.objects.filter(draft__network_key=row.network_key, expires_at__gt=now).exclude(draft=row)
    return others.values("draft").distinct().count() >= MOST_FROM_ONE_NETWORK


def _book_of(schedule_ids, wanted, site):
    """Who has nothing in the time that is wanted, as a set of schedule ids, and two {schedule id: minutes}.

    The minutes: booked or held in the clinic's week (Monday to Sunday), and held on the day. One query. The caller has
    locked the schedules, so holds that are over are gone.
    """
    day, span = day_of(wanted.start, site.clinic.zone), Interval(**wanted.taken)
    monday = day - DAY * day.weekday()
    (week,) = to_instants([whole_days(monday, monday + 6 * DAY)], site.clinic.zone)
    (today,) = to_instants([whole_days(day, day)], site.clinic.zone)
    rows = BusySlot.objects.filter(
        schedule_id__in=schedule_ids, start__lt=max(week.end, span.end), end__gt=min(week.start, span.start)
    )
    free, booked, held = set(schedule_ids), defaultdict(int), defaultdict(int)
    for key, kind, begins, ends in rows.order_by().values_list("schedule_id", "kind", "start", "end"):
        busy, minutes = Interval(begins, ends), (ends - begins) // MINUTE
        if _meet(busy, span):
            free.discard(key)
        if kind in COUNTED_KINDS and _meet(busy, week):
            booked[key] += minutes
        if kind == SlotKind.HOLD and _meet(busy, today):
            held[key] += minutes
    return free, booked, held


def _meet(one, other):
    return one.start < other.end and one.end > other.start
