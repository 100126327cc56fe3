"""What somebody on the wait list would take: days, parts of the day, with whom, where, and how soon."""

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.actions.waiting import WaitFor
from booking.forms.form import RequestForm
from booking.forms.when import ANY
from booking.states import DayPart
from clinic.hours_text import long_date_text

DAYS_AS_TYPED = ["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"]
# Minutes from the mail to the visit.
NOTICES = [
    (120, _("Two hours")),
    (360, _("Six hours, so the same day")),
    (1440, _("One day")),
    (2880, _("Two days")),
    (4320, _("Three days")),
    (10080, _("One week")),
]


def _day(label):
    return forms.DateField(
        label=label,
        input_formats=DAYS_AS_TYPED,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose a day"), "invalid": _("Enter a day, like 11/24/2026")},
    )


def _one_of(label):
    wrong = _("Choose one of these")
    return forms.ChoiceField(
        label=label, widget=forms.RadioSelect, error_messages={"required": wrong, "invalid_choice": wrong}
    )


class WaitForm(RequestForm):
    """`may` is the booking.wait_list.MayWait of a request, `site` the clinic.site.Site, `entry` their place, if any.

    Clinician and place are asked only where there is more than one.
    """

    first_day = _day(_("From this day"))
    last_day = _day(_("Until this day"))
    parts = forms.MultipleChoiceField(
        label=_("Parts of the day"),
        help_text=_("None ticked: any."),
        required=False,
        choices=[(part.value, part.label.capitalize()) for part in DayPart],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from these parts of the day")},
    )
    notice_minutes = forms.TypedChoiceField(
        label=_("How long before the visit must you know of it?"),
        coerce=int,
        choices=NOTICES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how long before"), "invalid_choice": _("Choose how long before")},
    )
    practitioner = _one_of(_("With whom?"))
    location = _one_of(_("Where?"))

    def __init__(self, *args, may, site, entry=None, **kwargs):
        super().__init__(*args, initial=_initial(may, entry), **kwargs)
        self.may, self.site = may, site
        people = may.type.practitioners.active()
        self.rows = {
            "practitioner": {str(person.pk): person for person in people},
            "location": {str(place.pk): place for place in site.locations},
        }
        labels = {
            "practitioner": (_("Anybody who does this kind of visit"), lambda person: person.name_with_credentials),
            "location": (_("Any place"), lambda place: f"{place.name}, {place.street}"),
        }
        for name, (any_label, label_of) in labels.items():
            if len(self.rows[name]) < 2:
                del self.fields[name]
            else:
                own = [(key, label_of(row)) for key, row in self.rows[name].items()]
                self.fields[name].choices = [(ANY, any_label), *own]
        for name in ("first_day", "last_day"):
            limits = {"min": may.first_day.isoformat(), "max": may.last_day.isoformat()}
            self.fields[name].widget.attrs.update(limits)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        latest = long_date_text(self.may.last_day, today=self.site.today)
        if last and last > self.may.last_day:
            self.add_error("last_day", _("Choose %(day)s or a day before it") % {"day": latest})
        elif last and last < self.may.first_day:
            self.add_error("last_day", _("This day is over. Choose a later one"))
        elif first and last and first > last:
            self.add_error("last_day", _("This is before the first day. Choose a later one"))
        return cleaned

    def wanted(self):
        """The WaitFor, once the form is valid."""
        typed = self.cleaned_data
        chosen = {name: rows.get(typed.get(name, ANY)) for name, rows in self.rows.items()}
        plain = {name: typed[name] for name in ("first_day", "last_day", "notice_minutes")}
        return WaitFor(**plain, **chosen, parts=tuple(typed["parts"]))


def _initial(may, entry):
    if entry is None:
        last = may.last_day
        return {"first_day": may.first_day, "last_day": last, "notice_minutes": 1440, **dict.fromkeys(ROWS, ANY)}
    plain = {name: getattr(entry, name) for name in ("first_day", "last_day", "notice_minutes", "parts")}
    return plain | {name: getattr(entry, f"{name}_id") or ANY for name in ROWS}


ROWS = ("practitioner", "location")
