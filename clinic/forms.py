"""Shapes of what staff type about the clinic. Used by the admin alone, which names their models and fields."""

import itertools

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.hours_text import range_text
from clinic.images import ImageRefused, store_upload
from clinic.languages import LANGUAGES
from clinic.models import Image
from clinic.models.facts import Weekday

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


class ImageForm(forms.ModelForm):
    """The picture itself is handled by `store_before_transaction`, before the admin opens its transaction."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_(
            "JPEG, PNG, WebP or AVIF, at most 10 MB. We turn it upright, make it small and take out hidden data."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["file"].required = False
            self.fields["file"].label = _("Another picture in its place")

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload is None:
            return None
        if isinstance(upload.outcome, ImageRefused):
            raise ValidationError(str(upload.outcome), code="refused")
        stored = upload.outcome
        if Image.objects.filter(digest=stored.digest).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This picture is in the list already. Use that one."), code="duplicate")
        return upload

    def save(self, commit=True):
        upload = self.cleaned_data.get("file")
        if upload:
            stored = upload.outcome
            self.instance.digest = stored.digest
            self.instance.width, self.instance.height = stored.width, stored.height
            self.instance.widths = list(stored.widths)
        return super().save(commit)


def store_before_transaction(upload):
    """Stores the picture and keeps the outcome on the upload, a StoredImage or ImageRefused, for ImageForm to read."""
    try:
        upload.outcome = store_upload(upload)
    except ImageRefused as refused:
        upload.outcome = refused
