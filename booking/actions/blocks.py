"""Staff block time: no visit is offered or booked in it. A lunch with a visitor, a training day, a broken machine."""

from dataclasses import dataclass

from booking.actions import events, ledger
from booking.actions.transactions import in_one_transaction
from booking.errors import IllegalMove, NotBlockable, VisitsInTheWay
from booking.models import Appointment, BusySlot
from booking.states import SlotKind
from clinic.intervals import Interval, subtract
from clinic.models import Clinic
from clinic.wall_clock import DAY, MIDNIGHT, day_of, to_instants, wall

MOST_DAYS = 92
# Beyond this a date is a slip of the pen.
AHEAD_DAYS = 2 * 366


@dataclass(frozen=True)
class Blocked:
    """What was blocked, and the visits that stay where they are in the midst of it."""

    slots: list[BusySlot]
    visits: list[Appointment]


@in_one_transaction
def block_time(*, schedule, first_day, last_day, label, by, now, from_time=None, until_time=None, around=False):
    """Blocks the same stretch of each day from first to last, on the clinic's clock; no time means the whole day.

    - one row of the ledger a day and free stretch; what is blocked already stays as it is
    - with visits in the way, or patients who are just choosing: VisitsInTheWay, which lists them, and nothing is
      blocked; with `around` the rest is, so that no more patients come in while staff call those who have a visit
    - event “blocked” with the schedule, first and last instant and the number of rows; the label stays in the ledger

    Returns Blocked. Raises NotBlockable: for the reasons see there.
    """
    zone = Clinic.objects.get().zone
    _check_days(first_day, last_day, today=day_of(now, zone))
    stretches = _stretches(first_day, last_day, from_time, until_time, zone)
    if not stretches:
        raise NotBlockable("backwards")
    ledger.lock_schedules([schedule.pk], now=now)
    busy = ledger.busy_in(schedule, stretches[0].start, stretches[-1].end)
    met = [row for row in busy if any(row.start < s.end and s.start < row.end for s in stretches)]
    visits = [row.appointment for row in met if row.appointment]
    holds = sum(row.kind == SlotKind.HOLD for row in met)
    if (visits or holds) and not around:
        raise VisitsInTheWay(visits=visits, holds=holds)
    taken = [Interval(row.start, row.end) for row in met]
    # Day by day, since subtract() would join two days that touch at midnight.
    free = [part for stretch in stretches for part in subtract([stretch], taken)]
    if not free:
        raise NotBlockable("nothing_left")
    slots = [
        ledger.take(schedule=schedule, start=part.start, end=part.end, kind=SlotKind.BLOCK, label=label)
        for part in free
    ]
    ends = {"start": free[0].start.isoformat(), "end": free[-1].end.isoformat()}
    events.record("blocked", now=now, by=by, detail={"schedule": schedule.pk, "rows": len(slots), **ends})
    return Blocked(slots, visits)


@in_one_transaction
def unblock(*, slot_ids, by, now):
    """Gives blocked time back, all of these rows that are still there; event “unblocked”. Returns how many.

    Raises IllegalMove when none is left. Rows of visits and holds are never touched.
    """
    rows = BusySlot.objects.filter(pk__in=slot_ids, kind=SlotKind.BLOCK)
    schedules = sorted(set(rows.values_list("schedule_id", flat=True)))
    ledger.lock_schedules(schedules, now=now)
    count, _by_model = rows.delete()
    if not count:
        raise IllegalMove
    events.record("unblocked", now=now, by=by, detail={"schedules": schedules, "rows": count})
    return count


def _check_days(first_day, last_day, *, today):
    if last_day < first_day:
        raise NotBlockable("backwards")
    if last_day < today:
        raise NotBlockable("past")
    if (last_day - first_day).days >= MOST_DAYS:
        raise NotBlockable("too_long")
    if (last_day - today).days > AHEAD_DAYS:
        raise NotBlockable("too_far")


def _stretches(first_day, last_day, from_time, until_time, zone):
    """At most a day each, as instants: a reading that the clock skips in spring is left out."""
    found, day = [], first_day
    while day <= last_day:
        start = wall(day, from_time or MIDNIGHT)
        end = wall(day + DAY) if until_time in (None, MIDNIGHT) else wall(day, until_time)
        if start < end:
            found += to_instants([Interval(start, end)], zone)
        day += DAY
    return found
