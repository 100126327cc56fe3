"""What somebody answered, in words: to check before sending, and to keep after."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from booking.forms.kept import who_of
from booking.forms.safety import WhoForm
from booking.forms.when import clinician_text
from booking.local_times import start_text
from booking.states import HOLDING_STATES, AppointmentState
from clinic.hours_text import long_date_text
from clinic.languages import LANGUAGES

NOTHING = gettext_lazy("Nothing")


@dataclass(frozen=True)
class Row:
    """`lines` are what was answered; `page` is where to change it, `what` completes “Change …”."""

    label: str
    lines: tuple[str, ...]
    page: str = ""
    what: str = ""


def review_rows(draft, forms, wanted=None, *, site):
    """Rows of the page before sending, in the order in which they were asked. The forms are valid."""
    contact, prepare = forms["contact"].cleaned_data, forms["prepare"].cleaned_data
    rows = [
        Row(_("Who needs the visit"), (choice_text(WhoForm.base_fields["who"], who_of(draft)),), "who", _("who")),
        *_reason_rows(forms["reason"]),
        *(_time_rows(wanted, site) if wanted else _when_rows(forms["when"])),
    ]
    if "asked_by_name" in contact:
        rows.append(Row(_("Your name"), (contact["asked_by_name"],), "contact", _("your name")))
    rows += [
        Row(_("Name of the patient"), (contact["patient_name"],), "contact", _("the name")),
        Row(_("How we reach you"), tuple(_reach_lines(forms["contact"])), "contact", _("how we reach you")),
        Row(_("Language"), tuple(_language_lines(prepare)), "prepare", _("the language")),
        Row(_("To make the visit easier"), (prepare["access_needs"] or NOTHING,), "prepare", _("what makes it easier")),
        Row(_("Insurance"), (prepare["insurance"] or NOTHING,), "prepare", _("the insurance")),
        Row(_("For the front desk"), (prepare["note"] or NOTHING,), "prepare", _("the note")),
    ]
    return rows


def asked_for_rows(sent, visit, *, site):
    """Rows of the confirmation: what was asked for, without the reason and the note, for it may lie on a printer.

    `visit`: what kept_visit() returns.
    """
    if visit:
        rows = [_when_row(visit, site), Row(_("Where"), (f"{visit.location.name}, {visit.location.street}",))]
        rows.append(Row(_("With"), (clinician_text(visit.practitioner),)))
        return [*rows, _reached_at(sent)]
    rows = []
    when = [_("The first time you have")] if sent.first_available else []
    when += [
        f"{long_date_text(window.day, today=site.today)}, {window.get_part_display()}" for window in sent.windows.all()
    ]
    if when:
        rows.append(Row(_("When"), tuple(when)))
    if sent.practitioner:
        rows.append(Row(_("With"), (clinician_text(sent.practitioner),)))
    if sent.location:
        place = sent.location
        rows.append(Row(_("Where"), (f"{place.name}, {place.street}, {place.locality}",)))
    if sent.best_time:
        rows.append(Row(_("Best time to call"), (sent.best_time,)))
    return [*rows, _reached_at(sent)]


def kept_visit(sent):
    """The visit that is booked for this request, or kept because they asked for it; None when there is none.

    What we offer is not theirs yet.
    """
    visits = sent.appointments.filter(state__in=HOLDING_STATES)
    visits = visits.exclude(state=AppointmentState.PROPOSED, offered_until__isnull=False).select_related(
        "practitioner", "location", "type"
    )
    return visits.order_by("pk").last()


def _when_row(visit, site, **change):
    """`visit`: an Appointment or a WantedTime."""
    minutes = visit.type.duration_minutes
    lasts = ngettext("%(name)s, %(n)d minute", "%(name)s, %(n)d minutes", minutes)
    start = start_text(visit.start, zone=site.clinic.zone, today=site.today)
    return Row(_("When"), (start, lasts % {"name": visit.type.name, "n": minutes}), **change)


def _time_rows(wanted, site):
    return [
        _when_row(wanted, site, page="time", what=_("the time")),
        Row(_("Where"), (f"{wanted.location.name}, {wanted.location.street}",), "time", _("the place")),
        Row(_("With"), (clinician_text(wanted.practitioner),), "time", _("the clinician")),
    ]


def _reached_at(sent):
    return Row(_("We reach you at"), tuple(filter(None, [sent.phone_in_words, sent.email])))


def choice_text(field, value):
    return str(dict(field.choices).get(value, ""))


def _reason_rows(form):
    values, fields = form.cleaned_data, form.fields
    reason = choice_text(fields["reason"], values["reason"])
    return [
        Row(_("What the visit is about"), (reason,), "reason", _("the reason")),
        Row(
            _("At our clinic before"),
            (choice_text(fields["returning"], values["returning"]),),
            "reason",
            _("whether there was a visit before"),
        ),
        Row(
            _("Spine surgery or injection in the last 3 months"),
            (choice_text(fields["recent_surgery"], values["recent_surgery"]),),
            "reason",
            _("the answer about surgery"),
        ),
    ]


def _when_rows(form):
    values = form.cleaned_data
    when = [_("The first time you have, on any day")] if values["first_available"] else []
    for key in values["windows"]:
        window = form.by_key[key]
        day = long_date_text(window.day, today=form.now.astimezone(form.zone).date())
        when.append(f"{day}: {form.window_text(window)}")
    if values["short_notice"]:
        when.append(_("Also at short notice"))
    rows = [Row(_("When"), tuple(when), "when", _("the times"))]
    if "location" in values:
        place = choice_text(form.fields["location"], values["location"])
        rows.append(Row(_("Where"), (place,), "when", _("the place")))
    if "practitioner" in values:
        person = choice_text(form.fields["practitioner"], values["practitioner"])
        rows.append(Row(_("With"), (person,), "when", _("the clinician")))
    return rows


def _reach_lines(form):
    values = form.cleaned_data
    yield from filter(None, [values["phone"], values["email"]])
    yield choice_text(form.fields["contact_by"], values["contact_by"])
    if "reach_whom" in values:
        whom = choice_text(form.fields["reach_whom"], values["reach_whom"])
        yield _("Call or write to: %(whom)s") % {"whom": whom}
    if values["phone"]:
        yield _("You may leave a message") if values["voicemail_ok"] == "yes" else _("Do not leave a message")
    if "texts_ok" in values:
        yield _("Also reminders by text message") if values["texts_ok"] else _("No text messages")


def _language_lines(values):
    yield capfirst(str(dict(LANGUAGES).get(values["language"], _("No preference"))))
    if values["wants_interpreter"]:
        yield _("With a free interpreter")
