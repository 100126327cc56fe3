"""Open times as patients and staff see them: a fixed number of queries gathers the rows for booking/slots.py."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from booking.models import Break, BusySlot, ExtraHours, Schedule, TimeOff, WorkingHours
from booking.models.minutes import EndMinute, FirstMinute
from booking.slots import (
    FAR,
    MINUTE,
    OpenTime,
    VisitShape,
    common,
    free_ranges,
    offer_bounds,
    open_starts,
    to_instant,
    to_minutes,
    union,
)
from booking.working_time import Away, DayHours, WeeklyHours, WorkPlan, working_time
from clinic.hours import Opening
from clinic.wall_clock import DAY, day_of, to_instants, whole_days

WEEKLY = ("schedule_id", "weekday", "starts", "ends", "valid_from", "valid_until")


class AtWork(NamedTuple):
    """A clinician who could start a visit then. `minutes`: how long they work on that day, at all places together."""

    practitioner_id: int
    minutes: int


@dataclass(frozen=True)
class Gathered:
    """All rows that open times come from. Schedules and their owners go by key; busy times are in whole minutes."""

    opening: Opening
    shape: VisitShape
    bounds: tuple[int, int]
    first_day: datetime.date
    last_day: datetime.date
    clinicians: dict[int, int]
    plans: dict[int, WorkPlan]
    places: set[int]
    rooms: dict[int, int] | None
    busy: dict[int, list[list[int]]]


def open_times(*, type, site, first_day=None, last_day=None, practitioner_id=None, location_id=None, draft_id=None):
    """Every OpenTime of this kind of visit at the moment `site.now`, sorted by start, place and clinician.

    `first_day` and `last_day` (dates in the clinic's zone, both included) narrow what notice and horizon of the type
    allow. Only active clinicians and places that the type names; no place named means wherever these clinicians work.
    Holds that are over take no time, and the hold of the request `draft_id` takes none from itself. Nine queries at
    most, whatever the number of clinicians, days and rows.
    """
    gathered = gather(
        type=type,
        site=site,
        first_day=first_day,
        last_day=last_day,
        practitioner_id=practitioner_id,
        location_id=location_id,
        draft_id=draft_id,
    )
    return compute(gathered) if gathered else []


def gather(*, type, site, first_day=None, last_day=None, practitioner_id=None, location_id=None, draft_id=None):
    """The rows for compute(); None when no day is left to look at. Arguments as for open_times()."""
    zone = site.clinic.zone
    bounds = offer_bounds(now=site.now, notice=type.notice_minutes, horizon_days=type.horizon_days, zone=zone)
    allowed = [day_of(to_instant(minute), zone) for minute in bounds]
    first_day, last_day = max(first_day or allowed[0], allowed[0]), min(last_day or allowed[1], allowed[1])
    if last_day < first_day:
        return None
    clinicians = _clinicians(type, practitioner_id)
    places = _places(type, site, location_id)
    rooms = _rooms(places) if type.needs_room else None
    # A day on both sides for what reaches over midnight.
    (asked,) = to_instants([whole_days(first_day - DAY, last_day + DAY)], zone)
    return Gathered(
        opening=site.opening,
        shape=shape_of(type),
        bounds=bounds,
        first_day=first_day,
        last_day=last_day,
        clinicians=clinicians,
        plans=work_plans(clinicians),
        places=places,
        rooms=rooms,
        busy=_busy([*clinicians, *(rooms or ())], asked, now=site.now, draft_id=draft_id),
    )


def compute(gathered):
    """The sorted OpenTimes of what was gathered; asks no database."""
    shape, zone, busy = gathered.shape, gathered.opening.zone, gathered.busy
    free_rooms = None if gathered.rooms is None else _free_rooms(gathered.rooms, busy, shape)
    found = []
    for schedule_id, plan in gathered.plans.items():
        time = working_time(plan, opening=gathered.opening, first_day=gathered.first_day, last_day=gathered.last_day)
        free = free_ranges(busy[schedule_id], shape)
        for place in gathered.places & time.keys():
            ranges = free if free_rooms is None else common(free, free_rooms[place])
            starts = open_starts(time[place], free=ranges, shape=shape, bounds=gathered.bounds, zone=zone)
            found += [(start, place, gathered.clinicians[schedule_id]) for start in starts]
    return [OpenTime(to_instant(start), place, person) for start, place, person in sorted(found)]


def at_work(*, type, site, start, location_id, practitioner_id=None, chosen_at=None):
    """{schedule id: AtWork} of everybody who could start this visit at the instant `start`, whatever the ledger holds.

    The same rules as open_times() but for what is taken. Notice and horizon count from `chosen_at`, so that a time does
    not become too soon while somebody fills in the rest. Seven queries at most.
    """
    minute, zone = to_minutes(start), site.clinic.zone
    counted_from = min(chosen_at or site.now, site.now)
    bounds = offer_bounds(now=counted_from, notice=type.notice_minutes, horizon_days=type.horizon_days, zone=zone)
    if to_instant(minute) != start or start <= site.now or not bounds[0] <= minute <= bounds[1]:
        return {}
    if location_id not in _places(type, site, location_id):
        return {}
    clinicians, day, shape = _clinicians(type, practitioner_id), day_of(start, zone), shape_of(type)
    found = {}
    for schedule_id, plan in work_plans(clinicians).items():
        time = working_time(plan, opening=site.opening, first_day=day, last_day=day)
        here = time.get(location_id, ())
        if minute in open_starts(here, free=[(-FAR, FAR)], shape=shape, bounds=bounds, zone=zone):
            lasts = sum((stretch.end - stretch.start) // MINUTE for at in time.values() for stretch in at)
            found[schedule_id] = AtWork(clinicians[schedule_id], lasts)
    return found


def shape_of(type):
    return VisitShape(
        duration=type.duration_minutes,
        before=type.buffer_before_minutes,
        after=type.buffer_after_minutes,
        step=type.step_minutes,
    )


def work_plans(schedule_ids):
    """{schedule id: WorkPlan} of clinicians, in four queries. Without any row: an empty plan."""
    ids = list(schedule_ids)
    weekly, breaks, extra, away = (defaultdict(list) for _ in range(4))
    for owner, *hours, location_id in WorkingHours.objects.filter(schedule_id__in=ids).values_list(
        *WEEKLY, "location_id"
    ):
        weekly[owner].append(_weekly(*hours, location_id=location_id))
    for owner, *hours in Break.objects.filter(schedule_id__in=ids).values_list(*WEEKLY):
        breaks[owner].append(_weekly(*hours))
    for owner, *hours in ExtraHours.objects.filter(schedule_id__in=ids).values_list(
        "schedule_id", "day", "starts", "ends", "location_id"
    ):
        extra[owner].append(DayHours(*hours))
    for owner, *time_off in TimeOff.objects.filter(schedule_id__in=ids).values_list(
        "schedule_id", "first_day", "last_day", "from_time", "until_time"
    ):
        away[owner].append(Away(*time_off))
    return {key: WorkPlan(tuple(weekly[key]), tuple(breaks[key]), tuple(extra[key]), tuple(away[key])) for key in ids}


def _weekly(weekday, starts, ends, valid_from, valid_until, location_id=None):
    return WeeklyHours(weekday, starts, ends, location_id, valid_from, valid_until)


def _clinicians(type, practitioner_id):
    """{schedule id: practitioner id} of those who do this kind of visit."""
    schedules = Schedule.objects.filter(practitioner__in=type.practitioners.all(), practitioner__is_active=True)
    if practitioner_id is not None:
        schedules = schedules.filter(practitioner=practitioner_id)
    return dict(schedules.order_by("pk").values_list("pk", "practitioner_id"))


def _places(type, site, location_id):
    active = {location.pk for location in site.locations}
    named = set(type.locations.values_list("pk", flat=True))
    return (active & named if named else active) & ({location_id} if location_id is not None else active)


def _rooms(places):
    """{schedule id: location id} of the rooms in use at these places."""
    rooms = Schedule.objects.filter(room__is_active=True, room__location__in=places)
    return dict(rooms.order_by("pk").values_list("pk", "room__location_id"))


def _busy(schedule_ids, asked, *, now, draft_id):
    """{schedule id: [(start, end) in whole minutes]} of what lies in the Interval `asked` and is not over by `now`."""
    rows = BusySlot.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        schedule_id__in=schedule_ids,
        end__gt=asked.start,
        start__lt=asked.end,
    ).order_by()
    if draft_id is not None:
        rows = rows.exclude(draft=draft_id)
    busy = defaultdict(list)
    for schedule_id, *minutes in rows.values_list("schedule_id", FirstMinute("start"), EndMinute("end")):
        busy[schedule_id].append(minutes)
    return busy


def _free_rooms(rooms, busy, shape):
    """{location id: ranges of minutes at which any of its rooms is free for the whole visit}."""
    of_place = defaultdict(list)
    for schedule_id, location_id in rooms.items():
        of_place[location_id].append(free_ranges(busy[schedule_id], shape))
    return defaultdict(list, {place: union(ranges) for place, ranges in of_place.items()})
