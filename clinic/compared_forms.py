"""A typed form of the admin beside what is saved now: where they differ, in words, and its rows put on the saved rows.

`form` and `formsets` are those of one ModelAdmin. “Saved” ones are unbound, made from the rows of the database; “typed”
ones are bound to what a browser sent.
"""

import contextlib
import hashlib
import json
import re
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _

# More rows than any page has; a forged count must not make the server build millions.
MOST_ROWS = 500


@dataclass(frozen=True)
class Difference:
    """One field: what is saved now, what was typed. Both are plain text; empty means that nothing stands there."""

    label: str
    saved: str
    typed: str


@dataclass(frozen=True)
class Part:
    """One part of the form that differs. `note` says what happened to a whole row."""

    title: str
    differences: list = field(default_factory=list)
    note: str = ""


def form_digest(form, formsets):
    """SHA-256 of the values that these saved forms show: what a form was opened with."""
    rows = [_saved_values(form), *([_saved_values(row) for row in formset.initial_forms] for formset in formsets)]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def on_saved_rows(data, formsets):
    """`data` as a form that was opened now would have sent it.

    - a typed row whose saved row is gone is a new row, unless it was to be deleted anyway
    - a saved row that the form did not know is in it too, as it is saved
    """
    data = data.copy()
    for formset in formsets:
        counts = [data.get(f"{formset.prefix}-{name}", "") for name in (TOTAL_FORM_COUNT, INITIAL_FORM_COUNT)]
        # A damaged form is answered by Django, which says so.
        if all(re.fullmatch(r"\d{1,4}", count) and int(count) <= MOST_ROWS for count in counts):
            _rows_on_saved_rows(data, formset, *map(int, counts))
    return data


def differences(form, saved_formsets, formsets, readable):
    """Parts in which the typed forms differ from what is saved. `readable(field, value)` makes plain text of a value.

    `formsets` are those of on_saved_rows(), so that every saved row has a typed one.
    """
    parts = [Part("", _differing(form, readable))]
    for saved, typed in zip(saved_formsets, formsets, strict=True):
        titles = {row.instance.pk: str(row.instance) for row in saved.initial_forms}
        name = capfirst(str(typed.model._meta.verbose_name))
        for row in typed.forms:
            is_new = row.instance.pk not in titles
            # A row that is not valid may have no name yet.
            title = titles.get(row.instance.pk) or (str(row.instance) if row.is_valid() else "")
            parts.append(_row_part(row, f"{name}: {title}" if title else name, readable, is_new=is_new))
    return [part for part in parts if part.differences or part.note]


def readable(form_field, value):
    """A value of a form field, cleaned or not, in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(form_field, forms.ModelChoiceField):
        return "\n".join(sorted(_name_of_row(form_field, one) for one in _several(value)))
    if isinstance(form_field, forms.ChoiceField):
        names = dict(_flat(form_field.choices))
        return "\n".join(str(names.get(str(one), one)) for one in _several(value))
    return str(localize(value))


def _several(value):
    return value if isinstance(value, list | tuple | set | models.QuerySet) else [value]


def _name_of_row(form_field, row):
    return str(form_field.label_from_instance(row) if isinstance(row, models.Model) else row)


def _flat(choices):
    for key, name in choices:
        yield from _flat(name) if isinstance(name, list | tuple) else [(str(key), name)]


def _saved_values(form):
    return [
        [name, _plain(form_field.prepare_value(form.get_initial_for_field(form_field, name)))]
        for name, form_field in sorted(form.fields.items())
        if name != DELETION_FIELD_NAME
    ]


def _plain(value):
    if isinstance(value, list | tuple | set | models.QuerySet):
        return sorted(str(one) for one in value)
    return "" if value is None else str(value)


def _rows_on_saved_rows(data, formset, total, initial):
    prefix = formset.prefix
    pk_name = formset.model._meta.pk.name
    typed = [{} for _row in range(total)]
    for key in [key for key in data if key.startswith(f"{prefix}-")]:
        number, _dash, name = key.removeprefix(f"{prefix}-").partition("-")
        if number.isdecimal() and name:
            values = data.pop(key)
            if int(number) < total:
                typed[int(number)][name] = values
    saved = {str(row.instance.pk): row for row in formset.initial_forms}
    known, new, seen = [], [], set()
    for number, row in enumerate(typed):
        pk = row.get(pk_name, [""])[-1]
        if number < initial and pk in saved and pk not in seen:
            seen.add(pk)
            known.append(row)
        elif number >= initial:
            new.append(row)
        elif DELETION_FIELD_NAME not in row:
            new.append(row | {pk_name: [""]})
    known += [_sent(row) for pk, row in saved.items() if pk not in seen]
    for number, row in enumerate([*known, *new]):
        for name, values in row.items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    data[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(len(known) + len(new))
    data[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(len(known))


def _sent(row):
    """What a browser sends for a row that nobody touched."""
    return {name: _sent_values(row[name]) for name in row.fields if name != DELETION_FIELD_NAME}


def _sent_values(bound):
    value = bound.value()
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = bound.field.widget.format_value(value)
    if isinstance(shown, list | tuple):
        return [str(one) for one in shown]
    return ["" if shown is None else str(shown)]


def _row_part(row, title, readable, *, is_new):
    if is_new:
        if not row.has_changed():
            return Part(title)
        return Part(title, _typed_alone(row, readable), _("Only in your form. It becomes a new part when you save."))
    if row.data.get(row.add_prefix(DELETION_FIELD_NAME)):
        return Part(title, note=_("You ticked it to be deleted. It is still saved."))
    return Part(title, _differing(row, readable))


def _shown_fields(form):
    """Fields that are saved with the row, without its links to the form; files are named by the form itself."""
    stored = {one.name for one in form._meta.model._meta.get_fields()} - {form._meta.model._meta.pk.name}
    for bound in form:
        unseen = isinstance(bound.field, forms.models.InlineForeignKeyField | forms.FileField)
        if bound.name in stored and not unseen:
            yield bound


def _differing(form, readable):
    found = []
    for bound in _shown_fields(form):
        saved = _text(bound, readable)
        typed = _typed_text(form, bound, readable)
        if saved != typed:
            found.append(Difference(str(capfirst(bound.label)), saved, typed))
    return found


def _typed_alone(form, readable):
    found = ((str(capfirst(bound.label)), _typed_text(form, bound, readable)) for bound in _shown_fields(form))
    return [Difference(label, "", typed) for label, typed in found if typed]


def _typed_text(form, bound, readable):
    cleaned = getattr(form, "cleaned_data", {})
    if bound.name in cleaned:
        return _one_text(readable(bound.field, cleaned[bound.name]))
    return _one_text(readable(bound.field, bound.data))


def _text(bound, readable):
    value = bound.initial
    # A saved value that a newer rule refuses, or a choice that is offered no more, is shown as it stands.
    with contextlib.suppress(ValidationError):
        value = bound.field.clean(bound.field.prepare_value(value))
    return _one_text(readable(bound.field, value))


def _one_text(text):
    # A browser sends every line break as two characters; that alone is no difference.
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
