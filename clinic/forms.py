"""Shapes of what staff type about the clinic. Used by the admin alone, which names their models and fields."""

import itertools

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.hours_text import range_text
from clinic.languages import LANGUAGES
from clinic.models.facts import Weekday
from clinic.picture_forms import refuse_trashed

MINUTES_A_DAY = 24 * 60


class LanguagesField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(choices=LANGUAGES, required=False, label=_("Languages spoken"), **kwargs)


def refuse_future(day):
    """Raises ValidationError for a day after today in the active time zone; the admin's is the clinic's."""
    if day and day > timezone.localdate():
        raise ValidationError(_("This day is still to come. Give the day on which you checked it."), code="future")
    return day


class ClinicForm(forms.ModelForm):
    languages = LanguagesField()

    def clean_new_patient_wait_checked_on(self):
        return refuse_future(self.cleaned_data["new_patient_wait_checked_on"])


class PractitionerForm(forms.ModelForm):
    languages = LanguagesField()

    def clean_portrait(self):
        return refuse_trashed(self.cleaned_data["portrait"], before=self.initial.get("portrait"))


class ParticipationForm(forms.ModelForm):
    def clean_checked_on(self):
        return refuse_future(self.cleaned_data["checked_on"])


class OpeningHoursFormSet(forms.BaseInlineFormSet):
    """Refuses two stretches of one day that overlap; they would be read as one, which nobody typed."""

    def clean(self):
        super().clean()
        for weekday in Weekday:
            stretches = sorted(self._stretches(weekday))
            for (_start, end, first), (start, _end, second) in itertools.pairwise(stretches):
                if start < end:
                    raise ValidationError(
                        gettext("%(day)s: %(first)s and %(second)s overlap. Change one of them."),
                        params={"day": weekday.label, "first": first, "second": second},
                    )

    def _stretches(self, weekday):
        for form in self.forms:
            typed = getattr(form, "cleaned_data", {})
            opens, closes = typed.get("opens"), typed.get("closes")
            if typed.get("DELETE") or typed.get("weekday") != weekday or opens is None or closes is None:
                continue
            yield _minute(opens), _minute(closes) or MINUTES_A_DAY, range_text(opens, closes)


def _minute(time):
    return time.hour * 60 + time.minute
