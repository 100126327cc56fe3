"""Kinds of visit, rooms, and when somebody works: rows that are live at once, with the open times that result."""

import datetime
from itertools import groupby

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from booking.availability import open_times
from booking.models import AppointmentType, Break, ExtraHours, Room, Schedule, TimeOff, WorkingHours
from booking.rebooking import needs_rebooking
from clinic.admin import NATIVE_PICKERS
from clinic.models.facts import Weekday
from clinic.site import site_of

PREVIEW_DAYS = 14
END_OF_DAY = datetime.time.max


class WorkingHoursFormSet(forms.BaseInlineFormSet):
    """Nobody works twice at once."""

    def clean(self):
        super().clean()
        rows = [
            form.cleaned_data
            for form in self.forms
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE") and form.is_valid()
        ]
        for number, row in enumerate(rows):
            if any(_overlap(row, other) for other in rows[:number]):
                raise forms.ValidationError(
                    _("On %(weekday)s two stretches overlap from %(time)s. One clinician is in one place at a time."),
                    params={"weekday": Weekday(row["weekday"]).label, "time": row["starts"].strftime("%H:%M")},
                )


def _overlap(one, other):
    if one.get("weekday") != other.get("weekday"):
        return False
    in_force = [
        (row.get("valid_from") or datetime.date.min, row.get("valid_until") or datetime.date.max)
        for row in (one, other)
    ]
    times = [(row["starts"], END_OF_DAY if row["ends"] == datetime.time(0) else row["ends"]) for row in (one, other)]
    return max(f for f, _l in in_force) <= min(last for _f, last in in_force) and max(s for s, _e in times) < min(
        e for _s, e in times
    )


class PartInline(admin.TabularInline):
    extra = 0
    formfield_overrides = NATIVE_PICKERS


class WorkingHoursInline(PartInline):
    model = WorkingHours
    formset = WorkingHoursFormSet
    fields = ["weekday", "starts", "ends", "location", "valid_from", "valid_until"]


class BreakInline(PartInline):
    model = Break


class ExtraHoursInline(PartInline):
    model = ExtraHours


class TimeOffInline(PartInline):
    model = TimeOff


class OpenTimesPreview(admin.ModelAdmin):
    """Shows, under the form, the open times that result; tells after saving what the change has stranded.

    Subclasses implement `preview(obj, site)`: pairs of a heading and OpenTimes.
    """

    change_form_template = "booking/admin/open_times_form.html"

    def preview(self, obj, site):
        raise NotImplementedError

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {}
        obj = self.get_object(request, object_id) if request.method == "GET" else None
        if obj is not None and self.has_view_or_change_permission(request, obj):
            site = site_of(request)
            context = {
                "preview": [
                    (heading, list(by_day(times, site.clinic.zone))) for heading, times in self.preview(obj, site)
                ],
                "preview_days": PREVIEW_DAYS,
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        stranded = len(needs_rebooking(site=site_of(request)))
        if stranded:
            text = ngettext(
                "%(n)d visit needs rebooking. Nothing was cancelled.",
                "%(n)d visits need rebooking. Nothing was cancelled.",
                stranded,
            ) % {"n": stranded}
            link = format_html('{} <a href="{}">{}</a>', text, reverse("admin:desk_rebooking"), _("See them"))
            self.message_user(request, link, messages.WARNING)


def by_day(times, zone):
    """(date, clock readings) of OpenTimes, in order; a reading that several clinicians or places have is named once."""
    shown = ((time.start.astimezone(zone)) for time in times)
    for day, readings in groupby(shown, key=lambda local: local.date()):
        yield day, list(dict.fromkeys(local.time() for local in readings))


def _next_days(site):
    return {"first_day": site.today, "last_day": site.today + datetime.timedelta(days=PREVIEW_DAYS)}


@admin.register(AppointmentType)
class AppointmentTypeAdmin(OpenTimesPreview):
    list_display = ["name", "duration_minutes", "for_new_patients", "is_active", "order"]
    list_filter = ["is_active"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_active", "order"]}),
        (_("For whom"), {"fields": ["for_new_patients", "for_returning_patients", "for_after_surgery"]}),
        (
            _("How long"),
            {"fields": ["duration_minutes", ("buffer_before_minutes", "buffer_after_minutes"), "step_minutes"]},
        ),
        (_("How soon, how far ahead"), {"fields": ["notice_minutes", "horizon_days", "booked_at_once"]}),
        (
            _("Mails before the visit"),
            {"fields": ["prepare_days_before", ("remind_days_before", "remind_hours_before")]},
        ),
        (_("Who and where"), {"fields": ["practitioners", "locations", "needs_room"]}),
    ]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def preview(self, obj, site):
        for person in obj.practitioners.active():
            yield person.name, open_times(type=obj, site=site, practitioner_id=person.pk, **_next_days(site))


@admin.register(Schedule)
class ScheduleAdmin(OpenTimesPreview):
    """One row a clinician or room: the row that a booking locks. It comes by itself with the first booking."""

    list_display = ["owner"]
    list_select_related = ["practitioner", "room__location"]
    actions = None
    fields = ["practitioner"]
    inlines = [WorkingHoursInline, BreakInline, ExtraHoursInline, TimeOffInline]

    def get_queryset(self, request):
        # A room is free whenever nothing is booked in it: it has no hours to edit.
        return super().get_queryset(request).filter(practitioner__isnull=False).order_by("practitioner__order", "pk")

    @admin.display(description=_("clinician"))
    def owner(self, schedule):
        return schedule.practitioner.name

    def get_readonly_fields(self, request, obj=None):
        return ["practitioner"] if obj else []

    def has_delete_permission(self, request, obj=None):
        return False

    def preview(self, obj, site):
        for kind in AppointmentType.objects.filter(is_active=True, practitioners=obj.practitioner_id):
            times = open_times(type=kind, site=site, practitioner_id=obj.practitioner_id, **_next_days(site))
            yield kind.name, times


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = ["name", "location", "is_active", "order"]
    list_filter = ["location", "is_active"]
    list_select_related = ["location"]

    def has_delete_permission(self, request, obj=None):
        # Visits name their room for as long as they are kept: take it out of use instead.
        return False
