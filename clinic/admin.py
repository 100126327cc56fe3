"""Clinic facts in the admin. They are live at once: no draft, and Django's log entry says who changed what."""

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from clinic.forms import ClinicForm, OpeningHoursFormSet, ParticipationForm, PractitionerForm
from clinic.image_admin import ImageAdmin
from clinic.models import (
    Clinic,
    Closure,
    InsuranceParticipation,
    InsurancePlan,
    Location,
    OpeningHours,
    Practitioner,
)
from clinic.outbox_admin import OutgoingMessageAdmin
from clinic.picture_forms import PictureField, choosable
from clinic.site import site_of
from clinic.version_check import VersionCheck

__all__ = ["ImageAdmin", "OutgoingMessageAdmin"]

# The browser's own pickers: they speak the reader's language, work by keyboard, and need no script.
NATIVE_PICKERS = {
    models.TimeField: {"widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"})},
    models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
}


@admin.register(Clinic)
class ClinicAdmin(VersionCheck, admin.ModelAdmin):
    """One row: the list leads straight to its form. Whether pages must be checked, a superuser says."""

    form = ClinicForm
    formfield_overrides = NATIVE_PICKERS
    fieldsets = [
        (None, {"fields": ["name", "tagline", "languages"]}),
        (_("How people reach you"), {"fields": ["phone", "email", "emergency_number", "staff_email"]}),
        (_("What you promise"), {"fields": ["reply_within_hours", "call_back_within_minutes"]}),
        (
            _("Times that you keep for patients"),
            {"fields": ["offers_kept_hours", "freed_time_kept_minutes", "freed_times_need_yes"]},
        ),
        (
            _("How long new patients wait"),
            {
                "fields": ["new_patient_wait_days", "new_patient_wait_checked_on"],
                "description": _("Both or neither. Check it every two weeks: after 14 days patients no longer see it."),
            },
        ),
        (
            _("Set once"),
            {
                "fields": ["time_zone", "is_sample"],
                "description": _("Take the tick away when everything on this site is true of your clinic."),
            },
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not request.user.is_superuser:
            return fieldsets
        return [*fieldsets, (_("Before a page is published"), {"fields": ["pages_need_review"]})]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and site_of(request).clinic._state.adding

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        clinic = Clinic.objects.first()
        if clinic and self.has_view_or_change_permission(request):
            return redirect("admin:clinic_clinic_change", clinic.pk)
        if self.has_add_permission(request):
            return redirect("admin:clinic_clinic_add")
        return super().changelist_view(request, extra_context)


class OpeningHoursInline(admin.TabularInline):
    model = OpeningHours
    formset = OpeningHoursFormSet
    formfield_overrides = NATIVE_PICKERS
    extra = 1
    verbose_name_plural = _("opening hours: one line a stretch, two lines for a day with a lunch break")


class ClosureInline(admin.TabularInline):
    model = Closure
    formfield_overrides = NATIVE_PICKERS
    extra = 0
    verbose_name_plural = _("days on which only this location is closed")


@admin.register(Location)
class LocationAdmin(VersionCheck, admin.ModelAdmin):
    list_display = ["name", "street", "locality", "is_active", "order"]
    list_filter = ["is_active"]
    inlines = [OpeningHoursInline, ClosureInline]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "phone", "is_active", "order"]}),
        (_("Address"), {"fields": ["street", "locality", "region", "postal_code", "country"]}),
        (_("Getting there and in"), {"fields": ["directions", "parking", "access"]}),
        (
            _("On the map"),
            {
                "fields": ["latitude", "longitude"],
                "description": _(
                    "With both, the page links to a map. Nothing is loaded from it before somebody follows the link."
                ),
            },
        ),
    ]


@admin.register(Closure)
class ClosureAdmin(VersionCheck, admin.ModelAdmin):
    """Holidays of the whole clinic, and those of every location in one list."""

    list_display = ["reason", "first_day", "last_day", "from_time", "until_time", "where"]
    list_filter = ["location"]
    list_select_related = ["location"]
    ordering = ["-first_day"]
    formfield_overrides = NATIVE_PICKERS
    fields = ["location", "reason", "first_day", "last_day", "from_time", "until_time"]

    @admin.display(description=_("location"), ordering="location__name")
    def where(self, closure):
        return closure.location or _("Every location")


@admin.register(Practitioner)
class PractitionerAdmin(VersionCheck, admin.ModelAdmin):
    """Who checks pages as which clinician is a superuser's to say: a check counts in that clinician's name."""

    form = PractitionerForm
    list_display = ["name", "credentials", "job_title", "licence_number", "is_active", "order"]
    list_filter = ["is_active", "locations"]
    search_fields = ["name", "licence_number"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "credentials", "slug", "is_active", "order"]}),
        (
            _("License and degree"),
            {
                "fields": ["licence_type", "licence_number", "degree"],
                "description": _("Patients see these on every page of the clinic that lists this person."),
            },
        ),
        (_("For patients"), {"fields": ["job_title", "focus", "bio", "languages", "portrait", "locations"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not request.user.is_superuser:
            return fieldsets
        return [*fieldsets, (_("Checks of pages"), {"fields": ["user"]})]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "locations":
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user":
            staff = get_user_model().objects.filter(Q(is_active=True, is_staff=True) | Q(practitioner__isnull=False))
            kwargs["queryset"] = staff.order_by("username")
        if db_field.name == "portrait":
            shown = Practitioner.objects.filter(portrait__isnull=False).values("portrait")
            kwargs |= {"form_class": PictureField, "queryset": choosable(also=shown)}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ParticipationInline(admin.TabularInline):
    model = InsuranceParticipation
    form = ParticipationForm
    formfield_overrides = NATIVE_PICKERS
    extra = 1
    verbose_name_plural = _("who takes this plan, where")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("plan", "practitioner", "location")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Reads the choices once a request: by itself every line would ask the database again."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in ("practitioner", "location"):
            known = request.__dict__.setdefault("participation_choices", {})
            if db_field.name not in known:
                known[db_field.name] = list(field.choices)
            field.choices = known[db_field.name]
        return field


@admin.register(InsurancePlan)
class InsurancePlanAdmin(VersionCheck, admin.ModelAdmin):
    list_display = ["payer", "name", "is_active"]
    list_display_links = ["payer", "name"]
    list_filter = ["is_active"]
    search_fields = ["payer", "name"]
    inlines = [ParticipationInline]
