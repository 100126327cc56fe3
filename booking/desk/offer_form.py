"""Up to three times that staff offer: three rows of the same fields, of which the last two may stay empty."""

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.actions.offering import MOST_TIMES
from booking.desk.forms import KindForm, VersionedForm, WhereForm

TITLES = (_("First time"), _("Second time, if you like"), _("Third time, if you like"))
CHOSEN = ("type", "practitioner", "location")


class OfferedTimeForm(WhereForm, KindForm):
    """One row."""

    field_order = ["day", "time", *CHOSEN]

    def __init__(self, *args, number, **kwargs):
        super().__init__(*args, prefix=f"t{number}", **kwargs)
        self.number = number
        self.title = TITLES[number - 1]
        self.order_fields(self.field_order)

    @property
    def is_left_out(self):
        """Nothing says when: the lists below it always have something chosen."""
        return self.number > 1 and not any(self[name].value() for name in ("day", "time"))

    def time(self):
        return {name: self.cleaned_data[name] for name in (*CHOSEN, "start")}


class OfferForm(VersionedForm):
    """`initial` holds the fields of a row with its prefix, as they are sent: t1-type, t2-type ..."""

    def __init__(self, *args, zone, initial=None, **kwargs):
        super().__init__(*args, initial=initial, **kwargs)
        self.rows = [self._row(number, zone, initial or {}) for number in range(1, MOST_TIMES + 1)]
        # The lists are the same in every row: each is read from the database once, and not counted before.
        for name in CHOSEN:
            choices = list(iter(self.rows[0].fields[name].choices))
            for row in self.rows:
                row.fields[name].widget.choices = choices

    def _row(self, number, zone, initial):
        own = {key.removeprefix(f"t{number}-"): initial[key] for key in initial if key.startswith(f"t{number}-")}
        data = self.data if self.is_bound else None
        return OfferedTimeForm(data, number=number, zone=zone, initial=own, auto_id=self.auto_id)

    def days_typed(self):
        """The days in the rows that can be read, each once."""
        return sorted({day for row in self.rows if (day := row.day_typed())})

    def clean(self):
        cleaned = super().clean()
        used = [row for row in self.rows if not row.is_left_out]
        if all(row.is_valid() for row in used):
            cleaned["times"] = [row.time() for row in used]
        else:
            # What is wrong stands in the rows (problems()); here it only stops the press.
            self.add_error(None, forms.ValidationError("", code="rows"))
        return cleaned

    def problems(self):
        """(message, id of the field) of what is wrong in the rows."""
        wrong = [row for row in self.rows if self.is_bound and not row.is_left_out and row.errors]
        return [
            (_("Time %(number)s: %(why)s") % {"number": row.number, "why": error}, bound.auto_id)
            for row in wrong
            for bound in row
            for error in bound.errors
        ]
