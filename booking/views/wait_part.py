"""What the page behind a patient's link says about the wait list."""

from dataclasses import dataclass

from booking.local_times import moment_text, start_text
from booking.models import WaitListEntry, WaitListOffer
from booking.states import WaitOfferState
from booking.wait_list import entry_of, last_offer_of, may_wait, must_call
from clinic.hours_text import long_date_text

ENDED = (WaitOfferState.EXPIRED, WaitOfferState.STOPPED)


@dataclass(frozen=True)
class WaitPart:
    """`offer` is theirs to take until `until`; `gone` is the start of the last one, when it ended without their answer.

    `may_join`: there is something to wait for, and they are not on the list.
    """

    entry: WaitListEntry | None
    may_join: bool
    first_day: str = ""
    last_day: str = ""
    offer: WaitListOffer | None = None
    start: str = ""
    until: str = ""
    gone: str = ""


def wait_part(asked, *, site):
    """The WaitPart of a request, in four queries at most."""
    now, zone, today = site.now, site.clinic.zone, site.today
    entry = entry_of(asked)
    if entry is None:
        return WaitPart(None, may_wait(asked, now=now, zone=zone) is not None)
    days = [long_date_text(day, today=today) for day in (entry.first_day, entry.last_day)]
    offer = last_offer_of(entry)
    if offer is None or offer.visit.start <= now:
        return WaitPart(entry, False, *days)
    start = start_text(offer.visit.start, zone=zone, today=today)
    # Not: the ones that wait for the next look of the worker, which ends them.
    if offer.state == WaitOfferState.OFFERED and offer.expires_at > now and not must_call(entry):
        return WaitPart(entry, False, *days, offer, start, moment_text(offer.expires_at, now=now, zone=zone))
    gone = offer.state in ENDED or offer.state == WaitOfferState.OFFERED
    return WaitPart(entry, False, *days, gone=start if gone else "")
