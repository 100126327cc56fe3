"""Entering a request for somebody on the phone or at the desk: the same questions, the same door as on the site."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from booking.actions.intake import RequestAnswers, receive_request
from booking.desk.access import ENTER, desk_page, staff_who_may
from booking.desk.caller_forms import CallerForm, ReadAloudForm
from booking.desk.forms import problems_of
from booking.forms.contact import PrepareForm
from booking.forms.reason import ReasonForm
from booking.forms.safety import WhoForm
from booking.forms.when import WhenForm
from booking.safety_call import can_call_back
from booking.states import RequestKind, SafetyOutcome
from clinic.models import Practitioner
from clinic.site import site_of
from clinic.text_backend import is_on
from content.models import Condition
from content.safety import live_library
from content.states import FlagGroup


@staff_who_may(ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request):
    library = live_library()
    data = request.POST if request.method == "POST" else None
    safety = ReadAloudForm(data, library=library)
    if safety.is_emergency:
        # Nothing is stored, and nothing that was typed comes back: the next thing to do is the other call.
        return desk_page(request, "caller_emergency", {"title": _("Emergency")}, page="caller")
    forms = _forms(data, site=site_of(request), now=timezone.now())
    if data is not None and library.version and _all_valid(request, safety, forms):
        return _receive(request, safety, forms)
    context = {
        "title": _("Enter a caller's request"),
        "safety": safety,
        "emergency_signs": library.check(FlagGroup.EMERGENCY),
        "same_day_signs": library.check(FlagGroup.SAME_DAY),
        "has_library": library.version > 0,
        "forms": forms,
        "problems": [pair for form in (safety, *_asked(safety, forms)) for pair in problems_of(form)],
    }
    return desk_page(request, "caller", context, page="caller")


def _forms(data, *, site, now):
    practitioners = Practitioner.objects.active().prefetch_related("locations")
    forms = {
        "caller": CallerForm(data, initial={"press": uuid.uuid4()}, texts_from=site.clinic.name if is_on() else ""),
        "reason": ReasonForm(data, conditions=Condition.objects.published(), who=WhoForm.ME),
        "when": WhenForm(data, site=site, practitioners=practitioners, now=now),
        "prepare": PrepareForm(data),
    }
    return forms


def _wants_call(safety, forms):
    return safety.is_same_day or forms["caller"].data.get("kind") == RequestKind.CALL


def _asked(safety, forms):
    """The forms whose answers count: a call back needs no reason and no time."""
    left_out = ("reason", "when") if _wants_call(safety, forms) else ()
    return [form for name, form in forms.items() if name not in left_out]


def _all_valid(request, safety, forms):
    site, now = site_of(request), timezone.now()
    valid = safety.is_valid()
    if valid and safety.is_same_day:
        within = site.clinic.call_back_within_minutes
        if not can_call_back(site.opening, within_minutes=within, now=now):
            safety.add_error(
                "same_day",
                _("Nobody can call them back in time today. Say “Please see a doctor today”, and enter no request."),
            )
            valid = False
    # A list: every form says what is wrong with it, not only the first.
    others = [form.is_valid() for form in _asked(safety, forms)]
    return valid and all(others)


def _receive(request, safety, forms):
    typed = {}
    for form in _asked(safety, forms):
        typed |= form.answers()
    caller = forms["caller"].cleaned_data
    received = receive_request(
        answers=RequestAnswers(
            **typed,
            kind=RequestKind.CALL if _wants_call(safety, forms) else RequestKind.VISIT,
            safety_outcome=SafetyOutcome.SAME_DAY if safety.is_same_day else SafetyOutcome.NONE,
            safety_version=safety.library.version,
        ),
        channel=caller["channel"],
        now=timezone.now(),
        by=request.user,
        draft_key=caller["press"],
    )
    entered = _("Entered. Tell them their reference: %(reference)s.")
    messages.success(request, entered % {"reference": received.reference})
    return redirect("admin:desk_request", received.pk)
