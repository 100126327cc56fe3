"""The page of one request, as it is, or with the press that did not work and what was typed for it."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.actions.offering import MOST_TIMES
from booking.desk.access import ANSWER, desk_page
from booking.desk.case import busy_day, load_case
from booking.desk.forms import (
    ActionForm,
    AnswerForm,
    AttemptForm,
    ConfirmForm,
    DeclineForm,
    ToldForm,
    VersionedForm,
    problems_of,
)
from booking.desk.obstacles import taken_by
from booking.desk.offer_form import CHOSEN, OfferForm
from booking.desk.visit_presses import offered
from booking.messages.writing import mailbox_of
from booking.models import AppointmentRequest, AppointmentType
from booking.states import AppointmentState
from booking.windows import LOOK_AHEAD
from clinic.languages import LANGUAGES
from clinic.site import site_of

CONFLICT = 409
FORMS = {
    "claim": ActionForm,
    "release": ActionForm,
    "attempt": AttemptForm,
    "confirm": ConfirmForm,
    "offer": OfferForm,
    "withdraw_offer": VersionedForm,
    "decline": DeclineForm,
    "withdraw": AnswerForm,
    "close": AnswerForm,
    "told": ToldForm,
    # The version here is the generation of the links.
    "end_links": VersionedForm,
    "stop_texts": ActionForm,
}


def make_form(name, *, asked, zone, **kwargs):
    """The form of one press; `name` is a key of FORMS."""
    form_class = FORMS[name]
    if issubclass(form_class, AnswerForm):
        kwargs["request"] = asked
    if issubclass(form_class, (ConfirmForm, OfferForm)):
        kwargs["zone"] = zone
    return form_class(auto_id=f"{name}_%s", **kwargs)


def show(request, pk, *, tried="", form=None, status=200):
    """The page of one request. `tried` names the press that did not work, `form` holds what was typed with it."""
    site, now = site_of(request), timezone.now()
    zone = site.clinic.zone
    try:
        case = load_case(pk, now=now, opening=site.opening, zone=zone)
    except AppointmentRequest.DoesNotExist as error:
        raise Http404 from error
    guessed = {"confirm", "offer"}
    forms = {name: make_form(name, asked=case.request, zone=zone) for name in FORMS if name not in guessed}
    if case.is_open:
        guess = first_guess(case.request, site=site)
        rows = {f"t{number}-{name}": guess[name] for number in range(1, MOST_TIMES + 1) for name in CHOSEN}
        forms["confirm"] = make_form("confirm", asked=case.request, zone=zone, initial=guess)
        forms["offer"] = make_form("offer", asked=case.request, zone=zone, initial=rows)
    if tried in forms:
        forms[tried] = form
    day = forms["confirm"].day_typed() if case.is_open else None
    days = forms["offer"].days_typed() if case.is_open else []
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
        "busy": busy_day(day, zone=zone, now=now, but_request=pk) if day else [],
        "busy_days": [(one, busy_day(one, zone=zone, now=now, but_request=pk)) for one in days],
        "may_offer": case.is_open and not case.is_safety_call and bool(mailbox_of(case.request)),
        "there": taken_by(form) if tried == "confirm" and status == CONFLICT else [],
        "visit_lines": [(visit, offered(visit, now=now, zone=zone)) for visit in case.visits],
        "now": now,
        "may_wait": case.may_wait(now),
    }
    return desk_page(request, "request", context, page="request", status=status)


def first_guess(asked, *, site):
    """What the confirm form starts with: a time kept for them, what they asked for, else the next day that is open."""
    for kept in asked.appointments.all():
        if kept.state == AppointmentState.PROPOSED:
            start = kept.start.astimezone(site.clinic.zone)
            where = {"type": kept.type_id, "practitioner": kept.practitioner_id, "location": kept.location_id}
            return {"day": start.date(), "time": start.time(), **where}
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
