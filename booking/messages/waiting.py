"""About a time that has come free for somebody on the wait list: to them, and to the desk."""

from booking.messages.visits import visit_context
from booking.messages.writing import (
    CHANGED,
    GONE,
    NO_ADDRESS,
    OVER,
    absolute,
    cannot_write,
    desk_mailbox,
    in_words,
    mailbox_of,
    write,
)
from booking.models import WaitListOffer
from booking.states import WaitOfferState
from clinic.mail import Skip


def render_wait_offer(message, now):
    offer = _offer_of(message)
    if problem := cannot_write(offer and offer.entry.request):
        return problem
    if offer.state != WaitOfferState.OFFERED:
        return Skip(CHANGED)
    if offer.expires_at <= now:
        return Skip(OVER)
    return write("wait_offer", offer.entry.request.email, _context(offer, now))


def render_wait_over(message, now):
    """Only where we broke our word: staff took a time back that we had said we keep, or nobody is there then."""
    offer = _offer_of(message)
    if problem := cannot_write(offer and offer.entry.request):
        return problem
    if offer.state != WaitOfferState.STOPPED:
        return Skip(CHANGED)
    if offer.visit.start <= now:
        return Skip(OVER)
    return write("wait_over", offer.entry.request.email, _context(offer, now))


def render_wait_approve(message, now):
    """To the desk: say yes to an offer, or call somebody who takes no mail or has no visit yet."""
    offer, desk = _offer_of(message), desk_mailbox()
    if offer is None:
        return Skip(GONE)
    if not desk:
        return Skip(NO_ADDRESS)
    if offer.state != WaitOfferState.PENDING:
        return Skip(CHANGED)
    if offer.expires_at <= now:
        return Skip(OVER)
    request = offer.entry.request
    context = {
        "reference": request.reference,
        "until": in_words(offer.expires_at, now=now),
        "must_call": offer.entry.visit_id is None or not mailbox_of(request),
        "link": absolute("admin:desk_wait_list"),
    }
    return write("wait_approve", desk, context)


def _offer_of(message):
    offers = WaitListOffer.objects.select_related(
        "entry__request", "visit__request", "visit__practitioner", "visit__location"
    )
    return offers.filter(pk=message.record_id).first()


def _context(offer, now):
    return visit_context(offer.visit, now) | {"until": in_words(offer.expires_at, now=now)}
