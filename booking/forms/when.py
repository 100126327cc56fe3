"""When and where, and with whom."""

from itertools import groupby

from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from booking.forms.form import RequestForm
from booking.local_times import stretch_text
from booking.windows import MOST_CHOSEN, offered_windows
from clinic.hours_text import long_date_text

ANY = "any"
# Later days wait behind a line that opens them, so that a phone does not begin with forty boxes.
DAYS_IN_SIGHT = 5


def clinician_text(person):
    """Name, and on a line of its own what New Jersey wants told with it (N.J.S.A. 45:1-67, N.J.A.C. 13:39A-8.5)."""
    licence = gettext("%(type)s, license %(number)s. %(degree)s.") % {
        "type": person.licence_type,
        "number": person.licence_number,
        "degree": person.degree,
    }
    return f"{person.name_with_credentials}\n{licence}"


class WhenForm(RequestForm):
    """`site` is the clinic.site.Site; `practitioners` are active, with their locations prefetched.

    Place and clinician are asked only where there is more than one.
    """

    first_available = forms.BooleanField(label=_("The first time you have, on any day"), required=False)
    windows = forms.MultipleChoiceField(
        label=_("Times that suit you"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of these times is over or no longer open. Choose again")},
    )
    short_notice = forms.BooleanField(label=_("I can come at short notice, when somebody else cancels"), required=False)
    location = forms.ChoiceField(
        label=_("Where would you like to come?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a place, or “Any place”"),
            "invalid_choice": _("We no longer see patients there. Choose another place"),
        },
    )
    practitioner = forms.ChoiceField(
        label=_("Whom would you like to see?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a clinician, or “Anyone”"),
            "invalid_choice": _("This clinician is no longer here. Choose another one"),
        },
    )

    def __init__(self, *args, site, practitioners, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.site, self.now, self.zone = site, now, site.clinic.zone
        self.locations = {str(location.pk): location for location in site.locations}
        self.practitioners = {str(person.pk): person for person in practitioners}
        self.offered = offered_windows(site.opening, zone=self.zone, now=now)
        self.by_key = {window.key: window for window in self.offered}
        self.fields["windows"].choices = [(window.key, self.window_text(window)) for window in self.offered]
        self.fields["windows"].help_text = _("Choose up to %(number)d.") % {"number": MOST_CHOSEN}
        self._ask_or_drop("location", self.locations, _("Any place"), lambda place: f"{place.name}, {place.street}")
        self._ask_or_drop("practitioner", self.practitioners, _("Anyone"), clinician_text)

    def _ask_or_drop(self, name, rows, any_label, label_of):
        if len(rows) < 2:
            del self.fields[name]
            return
        self.fields[name].choices = [(ANY, any_label), *((key, label_of(row)) for key, row in rows.items())]

    @property
    def asks_location(self):
        return "location" in self.fields

    @property
    def asks_practitioner(self):
        return "practitioner" in self.fields

    def layout(self):
        shown = [
            Field(name, template="booking/_windows.html") if name == "windows" else name
            for name in self.fields
            if name != "windows" or self.offered
        ]
        return Layout(*shown)

    def window_text(self, window):
        return f"{window.part.label.capitalize()}, {stretch_text(window.start, window.end, zone=self.zone)}"

    def days(self):
        """(day in words, its checkboxes) for the template: first the days in sight, then the others."""
        pairs = zip(self.offered, self["windows"].subwidgets, strict=True)
        today = self.now.astimezone(self.zone).date()
        days = [
            (long_date_text(day, today=today), [box for _window, box in group])
            for day, group in groupby(pairs, key=lambda pair: pair[0].day)
        ]
        return days[:DAYS_IN_SIGHT], days[DAYS_IN_SIGHT:]

    def later_is_chosen(self):
        """Whether a box is ticked that would be out of sight."""
        return any(box.data["selected"] for _day, boxes in self.days()[1] for box in boxes)

    def clean_windows(self):
        chosen = self.cleaned_data["windows"]
        if len(set(chosen)) > MOST_CHOSEN:
            raise forms.ValidationError(
                ngettext(
                    "Choose up to %(most)d time. You chose %(number)d",
                    "Choose up to %(most)d times. You chose %(number)d",
                    MOST_CHOSEN,
                )
                % {"most": MOST_CHOSEN, "number": len(set(chosen))}
            )
        return [window.key for window in self.offered if window.key in chosen]

    def clean(self):
        values = super().clean()
        if "windows" in values and not (values["windows"] or values.get("first_available")):
            self.add_error("first_available", _("Tick “The first time you have”, or choose times that suit you"))
        place = self.locations.get(values.get("location"))
        if place:
            self._check_open_there(place, values.get("windows", []))
        person = self.practitioners.get(values.get("practitioner"))
        if place and person and place not in person.locations.all():
            message = _("%(person)s does not work at %(place)s. Choose another place, or someone else")
            self.add_error("practitioner", message % {"person": person.name, "place": place.name})
        return values

    def _check_open_there(self, place, chosen):
        open_there = offered_windows(self.site.opening, zone=self.zone, now=self.now, location_id=place.pk)
        keys = {window.key for window in open_there}
        for key in chosen:
            if key not in keys:
                window = self.by_key[key]
                day = long_date_text(window.day, today=self.now.astimezone(self.zone).date())
                message = _("%(place)s is closed on %(day)s, %(part)s. Choose another time or place")
                self.add_error("windows", message % {"place": place.name, "day": day, "part": window.part.label})

    def answers(self):
        """Values for RequestAnswers."""
        values = self.cleaned_data
        windows = [self.by_key[key] for key in values["windows"]]
        return {
            "first_available": values["first_available"],
            "short_notice": values["short_notice"],
            "windows": tuple((window.day, window.part) for window in windows),
            "location": self._chosen_or_only("location", self.locations),
            "practitioner": self._chosen_or_only("practitioner", self.practitioners),
        }

    def _chosen_or_only(self, name, rows):
        if name in self.fields:
            return rows.get(self.cleaned_data[name])
        return next(iter(rows.values()), None)
