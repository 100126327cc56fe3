"""Every press on the page of one request. Each calls one action of booking.actions and goes back to the page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from booking.actions import answering, by_link, offering, texting
from booking.desk.access import ANSWER, SEE, staff_who_may
from booking.desk.request_page import make_form, show
from booking.errors import BookingError, TimeTaken
from booking.models import AppointmentRequest
from clinic.site import site_of


@dataclass(frozen=True)
class Press:
    """`act(typed, **common)` is the action; `common` holds request_id, by and now. `done` is said when it worked."""

    act: Callable
    done: str


def _outcome(typed):
    return {"outcome": typed.get("outcome", "")}


PRESSES = {
    "claim": Press(lambda typed, **common: answering.claim(**common), _("You have it now.")),
    "release": Press(lambda typed, **common: answering.release(**common), _("Colleagues can take it now.")),
    "attempt": Press(
        lambda typed, **common: answering.log_attempt(result=typed["result"], **common),
        _("The try is logged."),
    ),
    "confirm": Press(
        lambda typed, **common: answering.confirm(
            version=typed["version"],
            type=typed["type"],
            practitioner=typed["practitioner"],
            location=typed["location"],
            start=typed["start"],
            overbook_reason=typed["overbook_reason"],
            **_outcome(typed),
            **common,
        ),
        _("The visit is booked."),
    ),
    "offer": Press(
        lambda typed, **common: offering.offer(version=typed["version"], times=typed["times"], **common),
        _("The times are kept, and the patient gets a mail."),
    ),
    "withdraw_offer": Press(
        lambda typed, **common: offering.withdraw_offer(version=typed["version"], **common),
        _("The offer is taken back. The request waits for our answer again."),
    ),
    "decline": Press(
        lambda typed, **common: answering.decline(
            version=typed["version"], reason=typed["reason"], **_outcome(typed), **common
        ),
        _("The request is declined."),
    ),
    "withdraw": Press(
        lambda typed, **common: answering.withdraw(version=typed["version"], **_outcome(typed), **common),
        _("The request is withdrawn."),
    ),
    "close": Press(
        lambda typed, **common: answering.close_call(version=typed["version"], **_outcome(typed), **common),
        _("The call is closed."),
    ),
    "told": Press(
        lambda typed, **common: answering.mark_told(version=typed["version"], how=typed["how"], **common),
        _("Marked as told."),
    ),
    "end_links": Press(
        lambda typed, **common: by_link.revoke_links(generation=typed["version"], **common),
        _("The links in their mails have ended."),
    ),
    "stop_texts": Press(lambda typed, **common: texting.stop_texts(**common), _("No more text messages go there.")),
}


@staff_who_may(SEE)
@require_safe
def open_request(request, pk):
    return show(request, pk)


def press(name):
    """The view behind one button of the request page."""
    button = PRESSES[name]

    @staff_who_may(ANSWER)
    @require_POST
    def view(request, pk):
        asked = get_object_or_404(AppointmentRequest, pk=pk)
        form = make_form(name, asked=asked, zone=site_of(request).clinic.zone, data=request.POST)
        status = 200
        if form.is_valid():
            try:
                button.act(form.cleaned_data, request_id=pk, by=request.user, now=timezone.now())
            except BookingError as error:
                form.add_error(None, str(error))
                if isinstance(error, TimeTaken) and name == "confirm":
                    form.offer_overbooking()
                status = 409
            else:
                messages.success(request, button.done)
                return redirect("admin:desk_request", pk)
        return show(request, pk, tried=name, form=form, status=status)

    return view


def look(name):
    """The view that shows the busy times of the days typed for one press, keeps everything else, and judges nothing."""

    @staff_who_may(SEE)
    @require_POST
    def view(request, pk):
        asked = get_object_or_404(AppointmentRequest, pk=pk)
        zone, typed = site_of(request).clinic.zone, request.POST.dict()
        return show(request, pk, tried=name, form=make_form(name, asked=asked, zone=zone, initial=typed))

    return view
