"""The page of one request, and every press on it. Each press calls one action of booking.actions and goes back."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from booking.actions import answering, visits
from booking.desk.access import ANSWER, SEE, desk_page, staff_who_may
from booking.desk.case import busy_day, load_case
from booking.desk.forms import (
    ActionForm,
    AnswerForm,
    AttemptForm,
    CancelForm,
    ConfirmForm,
    DeclineForm,
    ToldForm,
    problems_of,
)
from booking.errors import BookingError
from booking.models import Appointment, AppointmentRequest, AppointmentType
from booking.windows import LOOK_AHEAD
from clinic.languages import LANGUAGES
from clinic.site import site_of


@dataclass(frozen=True)
class Press:
    """`act(typed, **common)` is the action; `common` holds request_id, by and now. `done` is said when it worked."""

    form: Callable
    act: Callable
    done: str


def _outcome(typed):
    return {"outcome": typed.get("outcome", "")}


PRESSES = {
    "claim": Press(ActionForm, lambda typed, **common: answering.claim(**common), _("You have it now.")),
    "release": Press(ActionForm, lambda typed, **common: answering.release(**common), _("Colleagues can take it now.")),
    "attempt": Press(
        AttemptForm,
        lambda typed, **common: answering.log_attempt(result=typed["result"], **common),
        _("The try is logged."),
    ),
    "confirm": Press(
        ConfirmForm,
        lambda typed, **common: answering.confirm(
            version=typed["version"],
            type=typed["type"],
            practitioner=typed["practitioner"],
            location=typed["location"],
            start=typed["start"],
            **_outcome(typed),
            **common,
        ),
        _("The visit is booked."),
    ),
    "decline": Press(
        DeclineForm,
        lambda typed, **common: answering.decline(
            version=typed["version"], reason=typed["reason"], **_outcome(typed), **common
        ),
        _("The request is declined."),
    ),
    "withdraw": Press(
        AnswerForm,
        lambda typed, **common: answering.withdraw(version=typed["version"], **_outcome(typed), **common),
        _("The request is withdrawn."),
    ),
    "close": Press(
        AnswerForm,
        lambda typed, **common: answering.close_call(version=typed["version"], **_outcome(typed), **common),
        _("The call is closed."),
    ),
    "told": Press(
        ToldForm,
        lambda typed, **common: answering.mark_told(version=typed["version"], how=typed["how"], **common),
        _("Marked as told."),
    ),
}


@staff_who_may(SEE)
@require_safe
def open_request(request, pk):
    return _page(request, pk)


def press(name):
    """The view behind one button of the request page."""
    button = PRESSES[name]

    @staff_who_may(ANSWER)
    @require_POST
    def view(request, pk):
        asked = get_object_or_404(AppointmentRequest, pk=pk)
        form = make_form(button.form, name, asked=asked, zone=site_of(request).clinic.zone, data=request.POST)
        status = 200
        if form.is_valid():
            try:
                button.act(form.cleaned_data, request_id=pk, by=request.user, now=timezone.now())
            except BookingError as error:
                form.add_error(None, str(error))
                status = 409
            else:
                messages.success(request, button.done)
                return redirect("admin:desk_request", pk)
        return _page(request, pk, tried=name, form=form, status=status)

    return view


@staff_who_may(SEE)
@require_POST
def look(request, pk):
    """Shows the busy times of the day that was typed, keeps everything else, and judges nothing."""
    asked = get_object_or_404(AppointmentRequest, pk=pk)
    zone, typed = site_of(request).clinic.zone, request.POST.dict()
    form = make_form(ConfirmForm, "confirm", asked=asked, zone=zone, initial=typed)
    return _page(request, pk, tried="confirm", form=form)


@staff_who_may(ANSWER)
@require_POST
def cancel_visit(request, pk):
    visit = get_object_or_404(Appointment, pk=pk, request__isnull=False)
    form = CancelForm(request.POST, auto_id=f"cancel_{pk}_%s")
    status = 200
    if form.is_valid():
        try:
            visits.cancel(appointment_id=pk, by=request.user, now=timezone.now(), **form.cleaned_data)
        except BookingError as error:
            form.add_error(None, str(error))
            status = 409
        else:
            messages.success(request, _("The visit is called off, and its time is free."))
            return redirect("admin:desk_request", visit.request_id)
    return _page(request, visit.request_id, tried="cancel", form=form, status=status)


def make_form(form_class, name, *, asked, zone, **kwargs):
    if issubclass(form_class, AnswerForm):
        kwargs["request"] = asked
    if issubclass(form_class, ConfirmForm):
        kwargs["zone"] = zone
    return form_class(auto_id=f"{name}_%s", **kwargs)


def _page(request, pk, *, tried="", form=None, status=200):
    """The page of one request. `tried` names the press that did not work, `form` holds what was typed with it."""
    site, now = site_of(request), timezone.now()
    zone = site.clinic.zone
    try:
        case = load_case(pk, now=now, opening=site.opening, zone=zone)
    except AppointmentRequest.DoesNotExist as error:
        raise Http404 from error
    forms = {
        name: make_form(button.form, name, asked=case.request, zone=zone)
        for name, button in PRESSES.items()
        if name != "confirm"
    }
    if case.is_open:
        forms["confirm"] = make_form(
            ConfirmForm, "confirm", asked=case.request, zone=zone, initial=first_guess(case.request, site=site)
        )
    if tried in forms:
        forms[tried] = form
    day = forms["confirm"].day_typed() if case.is_open else None
    context = {
        "title": _("Request %(reference)s") % {"reference": case.request.reference},
        "case": case,
        "asked": case.request,
        "forms": forms,
        "tried": tried,
        "problems": problems_of(form) if form is not None else [],
        "language": dict(LANGUAGES).get(case.request.language, ""),
        "may_answer": request.user.has_perm(ANSWER),
        "busy_on": day,
        "busy": busy_day(day, zone=zone, but_request=pk, now=now) if day else [],
        "now": now,
    }
    return desk_page(request, "request", context, page="request", status=status)


def first_guess(asked, *, site):
    """What the confirm form starts with: what the patient asked for, else the next day that is open."""
    for visit in asked.kept_visits:
        local = visit.start.astimezone(site.clinic.zone)
        return {
            "day": local.date(),
            "time": local.time(),
            "type": visit.type_id,
            "practitioner": visit.practitioner_id,
            "location": visit.location_id,
        }
    wanted = [window.day for window in asked.windows.all() if window.day >= site.today]
    opened = site.opening.intervals(site.today, site.today + LOOK_AHEAD)
    still_open = [stretch.start.astimezone(site.clinic.zone).date() for stretch in opened if stretch.end > site.now]
    types = AppointmentType.objects.filter(is_active=True)
    fitting = [kind.pk for kind in types if kind.for_new_patients == bool(asked.is_new_patient)]
    return {
        "day": next(iter(wanted or still_open), site.today),
        "type": next(iter(fitting), None),
        "practitioner": asked.practitioner_id,
        "location": asked.location_id or (site.locations[0].pk if len(site.locations) == 1 else None),
    }
