"""What the desk sees of the times that we offer: who may still choose, and whose offer ended without an answer."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q

from booking.models import Appointment, AppointmentRequest
from booking.queue import LISTED, SHOWN
from booking.states import AppointmentState, MailKind, RequestState
from clinic.models import OutgoingMessage
from clinic.states import MessageState

# Whoever let an offer pass may still want to be called; after a few days they have asked again, or not.
ENDED_SHOWN_FOR = datetime.timedelta(days=3)
NEVER_TAKEN = (AppointmentState.PROPOSED, AppointmentState.CANCELLED)


@dataclass(frozen=True)
class OpenOffer:
    """`until`: when it ends, or when it ended. `visits`: the times that were offered last, earliest first.

    `mail_failed`: the patient cannot know of it.
    """

    request: AppointmentRequest
    visits: list[Appointment]
    until: datetime.datetime
    mail_failed: bool

    @property
    def has_ended(self):
        return self.request.state == RequestState.EXPIRED


def open_offers(*, now):
    """Offers that patients may choose from, the first to end first, and after them those that ended within three days.

    Three queries.
    """
    offered = Appointment.objects.filter(
        offered_until__isnull=False, wait_offer__isnull=True, state__in=NEVER_TAKEN
    ).select_related("practitioner", "location")
    requests = (
        AppointmentRequest.objects.filter(
            Q(state=RequestState.OFFERED) | Q(state=RequestState.EXPIRED, closed_at__gt=now - ENDED_SHOWN_FOR)
        )
        .filter(Exists(offered.filter(request=OuterRef("pk"))))
        .only(*LISTED)
        .select_related("claimed_by", "practitioner")
        .prefetch_related(Prefetch("appointments", offered.order_by("start", "pk"), to_attr="offered"))
        .order_by("pk")[:SHOWN]
    )
    requests = list(requests)
    failed = set(
        OutgoingMessage.objects.filter(
            kind=MailKind.OFFERED, state=MessageState.FAILED, record_id__in=[request.pk for request in requests]
        ).values_list("record_id", flat=True)
    )
    found = [_offer_of(request, failed) for request in requests]
    return sorted(found, key=lambda offer: (offer.has_ended, offer.until, offer.request.pk))


def _offer_of(request, failed):
    """Of several offers the last one counts: each has one end, and it replaced the others when it was made."""
    last = max(request.offered, key=lambda visit: (visit.created_at, visit.pk))
    visits = [visit for visit in request.offered if visit.created_at == last.created_at]
    return OpenOffer(request, visits, last.offered_until, request.pk in failed)
