"""The wait list at the desk: times on their way to somebody, who waits in which order, and putting a patient on it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.actions import wait_offers, waiting
from booking.desk.access import ANSWER, SEE, desk_page, staff_who_may
from booking.desk.forms import VersionedForm, problems_of
from booking.desk.request_page import CONFLICT
from booking.errors import BookingError, IllegalMove, NotWaitable
from booking.forms.waiting import WaitForm
from booking.models import AppointmentRequest, WaitListEntry, WaitListOffer
from booking.states import DayPart, WaitListState, WaitOfferState
from booking.wait_list import entry_of, may_wait, must_call, open_offers
from clinic.site import site_of

# More than anybody can call in a day; the first in turn are the ones that matter.
SHOWN = 100


@dataclass(frozen=True)
class OfferPress:
    """`act(**common)`: common holds offer_id, version, by and now. `of_request`: it wants request_id too."""

    act: Callable
    label: str
    done: str
    of_request: bool = False
    quiet: bool = True


OFFER_PRESSES = {
    "approve": OfferPress(wait_offers.approve, _("Offer it by e-mail"), _("They are written to."), quiet=False),
    "take": OfferPress(waiting.accept, _("They take it"), _("The time is theirs."), of_request=True, quiet=False),
    "refuse": OfferPress(
        waiting.refuse, _("They do not want it"), _("The time is free for the next."), of_request=True
    ),
    "stop": OfferPress(wait_offers.stop, _("Free the time"), _("The time is free again.")),
}


def presses_of(offer):
    """(URL name, OfferPress) of each button that an open offer has."""
    waits_for_yes = offer.state == WaitOfferState.PENDING and not must_call(offer.entry)
    names = ["approve", "stop"] if waits_for_yes else ["take", "refuse", "stop"]
    return [(f"admin:desk_{name}_offer", OFFER_PRESSES[name]) for name in names]


@staff_who_may(SEE)
@require_safe
def wait_list(request):
    return _list(request)


def press(name):
    """The view behind one button beside an offer."""
    button = OFFER_PRESSES[name]

    @staff_who_may(ANSWER)
    @require_POST
    def view(request, pk):
        offer = get_object_or_404(WaitListOffer.objects.select_related("entry"), pk=pk)
        form = VersionedForm(request.POST)
        of_request = {"request_id": offer.entry.request_id} if button.of_request else {}
        status = 200
        if form.is_valid():
            try:
                common = {"version": form.cleaned_data["version"], "by": request.user, "now": timezone.now()}
                button.act(offer_id=pk, **of_request, **common)
            except BookingError as error:
                form.add_error(None, str(error))
                status = CONFLICT
            else:
                messages.success(request, button.done)
                return redirect("admin:desk_wait_list")
        return _list(request, problems=problems_of(form), status=status)

    return view


def _list(request, *, problems=(), status=200):
    entries = WaitListEntry.objects.filter(state=WaitListState.WAITING).order_by("created_at", "pk")
    shown = list(entries.select_related("request", "visit", "type", "practitioner", "location")[: SHOWN + 1])
    offers = [(offer, must_call(offer.entry), presses_of(offer)) for offer in open_offers()]
    context = {
        "title": _("Wait list"),
        "problems": problems,
        "offers": offers,
        "entries": [(entry, [DayPart(part).label for part in entry.parts]) for entry in shown[:SHOWN]],
        "more": len(shown) > SHOWN,
        "needs_yes": site_of(request).clinic.freed_times_need_yes,
        "may_answer": request.user.has_perm(ANSWER),
    }
    return desk_page(request, "wait_list", context, page="wait", status=status)


@staff_who_may(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def wait_place(request, pk):
    """Puts the patient of a request on the list, or changes what they wait for."""
    asked = get_object_or_404(AppointmentRequest, pk=pk)
    site = site_of(request)
    entry, may = entry_of(asked), may_wait(asked, now=site.now, zone=site.clinic.zone)
    if may is None:
        return _place(request, asked, entry, None, problems=[(str(NotWaitable("nothing")), "")])
    form = WaitForm(request.POST or None, may=may, site=site, entry=entry, auto_id="wait_%s")
    status = 200
    if form.is_valid():
        try:
            _save(request, asked, form.wanted(), entry)
        except BookingError as error:
            form.add_error(None, str(error))
            status = CONFLICT
        else:
            messages.success(request, _("They are on the wait list."))
            return redirect("admin:desk_wait_list")
    return _place(request, asked, entry, form, problems=problems_of(form) if form.is_bound else [], status=status)


def _save(request, asked, wanted, entry):
    common = {"request_id": asked.pk, "wanted": wanted, "by": request.user, "now": timezone.now()}
    if entry is None:
        waiting.join(**common)
    else:
        waiting.change(entry_id=entry.pk, version=_version(request), **common)


@staff_who_may(ANSWER)
@require_POST
def leave_wait(request, pk):
    asked = get_object_or_404(AppointmentRequest, pk=pk)
    entry = entry_of(asked)
    if entry is None:
        raise Http404
    try:
        waiting.leave(entry_id=entry.pk, request_id=pk, version=_version(request), by=request.user, now=timezone.now())
    except BookingError as error:
        return _list(request, problems=[(str(error), "")], status=CONFLICT)
    messages.success(request, _("They are off the wait list."))
    return redirect("admin:desk_wait_list")


def _version(request):
    """The version of the place that the page showed. Raises IllegalMove for anything that is none."""
    form = VersionedForm(request.POST)
    if not form.is_valid():
        raise IllegalMove
    return form.cleaned_data["version"]


def _place(request, asked, entry, form, *, problems, status=200):
    context = {"title": _("Wait list"), "asked": asked, "entry": entry, "form": form, "problems": problems}
    return desk_page(request, "wait_place", context, page="wait", status=status)
