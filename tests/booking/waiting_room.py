"""A clinic with open times, and patients who wait for earlier ones."""

import datetime

from booking.actions import wait_offers, waiting
from booking.models import WaitListOffer
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import Desk
from tests.factories import MONDAY_NOON, make_clinic, make_hours, make_type

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
MONDAY = MONDAY_NOON.date()
WEDNESDAY_9 = MONDAY_NOON + 45 * HOUR  # 9 am in New York
WAIT_MAILS = ("wait_offer", "wait_over", "wait_approve", "by_link")


class WaitingRoom(Desk):
    """Visits of an hour; the clinician works from 9 to 12, and nothing is open before somebody calls off.

    `full` days from Tuesday on are booked out: their three times each belong to others.
    """

    def __init__(self, user_model, *, full=4, **clinic):
        super().__init__(user_model)
        make_clinic(**clinic)
        fields = {"duration_minutes": 60, "step_minutes": 60, "notice_minutes": 0, "for_returning_patients": True}
        self.type = make_type(practitioners=[self.practitioner], **fields)
        make_hours(self.practitioner, self.location)
        self.others = {}
        for number in range(full * 3):
            start = MONDAY_NOON + 21 * HOUR + (number // 3) * DAY + (number % 3) * HOUR
            self.others[start] = self.confirm(self.request(email=""), start=start)

    def patient(self, start=MONDAY_NOON + 7 * DAY + 21 * HOUR, *, joined=MONDAY_NOON, wanted=None, **fields):
        """Somebody on the list with a visit at `start`; the entry. `wanted` changes what they wait for."""
        request = self.request(**fields)
        self.confirm(request, start=start)
        return self.join(request, joined=joined, **wanted or {})

    def join(self, request, *, joined=MONDAY_NOON, **changes):
        days = {"first_day": MONDAY, "last_day": MONDAY + 4 * DAY, "notice_minutes": 120}
        wanted = waiting.WaitFor(**days | changes)
        return waiting.join(request_id=request.pk, wanted=wanted, by=None, now=joined)

    def free(self, start, now=MONDAY_NOON):
        """Whoever had that time calls it off."""
        self.cancel(self.others[start], now=now)

    def look(self, now=MONDAY_NOON):
        """One look of the worker; the offers that are open afterwards, oldest first."""
        wait_offers.watch_wait_list(now=now)
        return list(WaitListOffer.objects.filter(closed_at=None).order_by("pk").select_related("visit", "entry"))


def press(action, offer, *, now=MONDAY_NOON, by=None, **changes):
    """accept or refuse, with what the page showed."""
    shown = {"version": offer.version, "request_id": offer.entry.request_id}
    action(offer_id=offer.pk, by=by, now=now, **shown | changes)
    offer.refresh_from_db()


def mails(*kinds):
    """The kinds of these messages that were asked for, in order."""
    return list(OutgoingMessage.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True))
