"""Presses on one visit: who came, calling it off, and moving it. Each calls one action of booking.actions.visits."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from booking.actions import visits
from booking.desk.access import ANSWER, desk_page, staff_who_may
from booking.desk.case import busy_day
from booking.desk.forms import CancelForm, MoveForm, VersionedForm, problems_of
from booking.desk.obstacles import taken_by
from booking.desk.request_page import CONFLICT, show
from booking.errors import BookingError, TimeTaken
from booking.models import Appointment
from booking.states import AppointmentState
from clinic.site import site_of


@dataclass(frozen=True)
class VisitPress:
    act: Callable
    done: str
    form: Callable = VersionedForm


VISIT_PRESSES = {
    "cancel": VisitPress(visits.cancel, _("The visit is called off, and its time is free."), CancelForm),
    "arrive": VisitPress(visits.arrive, _("They are here.")),
    "fulfil": VisitPress(visits.fulfil, _("They were seen.")),
    "noshow": VisitPress(visits.mark_noshow, _("They did not come. The rest of the time is free.")),
    "undo": VisitPress(visits.undo, _("Taken back.")),
}


def press(name):
    """The view behind one button of a visit on the request's page."""
    button = VISIT_PRESSES[name]

    @staff_who_may(ANSWER)
    @require_POST
    def view(request, pk):
        visit = get_object_or_404(Appointment, pk=pk, request__isnull=False)
        form = button.form(request.POST, auto_id=f"{name}_{pk}_%s")
        status = 200
        if form.is_valid():
            try:
                button.act(appointment_id=pk, by=request.user, now=timezone.now(), **form.cleaned_data)
            except BookingError as error:
                form.add_error(None, str(error))
                status = CONFLICT
            else:
                messages.success(request, button.done)
                return redirect("admin:desk_request", visit.request_id)
        return show(request, visit.request_id, tried=name, form=form, status=status)

    return view


@staff_who_may(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request, pk):
    """Another time for a booked visit. The button “look” shows the busy times of the day typed, and judges nothing."""
    found = Appointment.objects.select_related("type", "practitioner", "location", "request")
    visit = get_object_or_404(found, pk=pk, request__isnull=False)
    zone = site_of(request).clinic.zone
    if request.method != "POST" or "look" in request.POST:
        initial = request.POST.dict() if request.method == "POST" else _as_it_is(visit, zone)
        return _move_page(request, visit, MoveForm(initial=initial, zone=zone, auto_id="move_%s"))
    form = MoveForm(request.POST, zone=zone, auto_id="move_%s")
    if not form.is_valid():
        return _move_page(request, visit, form)
    typed = form.cleaned_data
    knows = {name: typed[name] for name in ("version", "patient_knows")}
    try:
        visits.reschedule(appointment_id=pk, by=request.user, now=timezone.now(), **form.where(), **knows)
    except BookingError as error:
        form.add_error(None, str(error))
        if isinstance(error, TimeTaken):
            form.offer_overbooking()
        return _move_page(request, visit, form, status=CONFLICT)
    messages.success(request, _("The visit is moved, and its old time is free."))
    return redirect("admin:desk_request", visit.request_id)


def _as_it_is(visit, zone):
    start = visit.start.astimezone(zone)
    where = {"practitioner": visit.practitioner_id, "location": visit.location_id}
    return {"day": start.date(), "time": start.time(), "version": visit.version, **where}


def _move_page(request, visit, form, status=200):
    zone, day = site_of(request).clinic.zone, form.day_typed()
    context = {
        "title": _("Move a visit"),
        "visit": visit,
        "asked": visit.request,
        "can_move": visit.state == AppointmentState.BOOKED,
        "form": form,
        # As it is now: who has read why it did not work may press again.
        "version": visit.version,
        "problems": problems_of(form) if form.is_bound else [],
        "there": taken_by(form, type=visit.type, besides=visit) if status == CONFLICT else [],
        "busy_on": day,
        "busy": busy_day(day, zone=zone, now=timezone.now()) if day else [],
    }
    return desk_page(request, "move", context, page="request", status=status)
