"""Conditions, treatments, articles and practical pages: each form is the draft of one page."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from content.admin.drafts import DraftAdmin, DraftForm
from content.admin.parts import (
    MovementInline,
    RatedTreatmentInline,
    SourceInline,
    TermInline,
    first_sections,
    section_inline,
)
from content.anatomy import PageKind
from content.drafts import draft_data
from content.editing.saving import keep_draft
from content.models import Article, Condition, Glossary, InfoPage, Page, Treatment
from content.publishing import has_unpublished_changes, page_draft_problems, publish, unpublish
from content.reading_level import page_reading_level

BASICS = ("title", "slug", "medical_name", "tagline", "summary", "search_description", "search_words")
SAFETY = (_("Safety"), {"fields": ("red_flags", "no_emergency_card")})
PEOPLE = (_("Who stands for this text"), {"fields": ("author", ("reviewer", "last_reviewed", "next_review"))})
PLACE = (_("Place"), {"fields": ("related", "order", "owner")})


class Checkboxes(forms.CheckboxSelectMultiple):
    """All choices at a glance. Named like other fields, so that the help below is announced with each of them."""

    def id_for_label(self, id_, index=None):
        return super().id_for_label(id_, index) or id_


class PageForm(DraftForm):
    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        others = Page.objects.of_kind(self.instance.page_kind).filter(language=self.instance.language, slug=slug)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another page has this address."))
        return slug


class PageAdmin(DraftAdmin):
    form = PageForm
    list_display = ("title", "public_state", "updated_at", "next_review")
    list_select_related = ("live_version",)
    search_fields = ("title", "slug", "medical_name")
    ordering = ("order", "title")
    prepopulated_fields = {"slug": ("title",)}

    def get_queryset(self, request):
        return super().get_queryset(request).kept()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        keep_draft(page=form.instance, by=request.user, now=timezone.now())

    @admin.display(description=_("patients see"), ordering="live_since")
    def public_state(self, page):
        if page.live_version is None:
            return _("nothing yet")
        return _("version %(number)s") % {"number": page.live_version.number}

    def publish_draft(self, obj, *, by, why, now):
        publish(page=obj, by=by, why=why, now=now)

    def draft_problems(self, obj):
        return page_draft_problems(obj)

    def status(self, obj):
        """What patients see now, and how hard the draft is to read."""
        level = page_reading_level(draft_data(obj.pk))
        if level.grade is None:
            return self.public_status(obj)
        return _(
            "%(state)s Reading grade of the draft: %(grade)s (aim: 6 to 8). Longest sentence: %(words)s words."
        ) % {
            "state": self.public_status(obj),
            "grade": level.grade,
            "words": level.longest,
        }

    def public_status(self, obj):
        if obj.live_version is None:
            return _("Patients do not see this page. It is a draft.")
        since = date_format(obj.live_since.astimezone(Clinic.objects.get().zone), "F j, Y, g:i A")
        if has_unpublished_changes(obj):
            return _("Patients see the version of %(since)s. The draft below says something else.") % {"since": since}
        return _("Patients see this page as it stands below, since %(since)s.") % {"since": since}

    def live_url(self, obj):
        return obj.get_absolute_url() if obj.live_version_id else ""

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        # Only while the empty form is shown: on saving, the same rows then count as typed and are stored.
        if request.method == "GET" and prefix == "sections" and obj.pk is None:
            kwargs["initial"] = first_sections(self.model.page_kind)
        return kwargs

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = Checkboxes()
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name in ("red_flags", "related"):
            field.queryset = field.queryset.kept()
        if db_field.name == "red_flags":
            field.label_from_instance = lambda flag: f"{flag.get_group_display()}: {flag.text}"
            field.help_text = _("What patients read is the wording that was published last.")
        return field

    def response_change(self, request, obj):
        if "_unpublish" in request.POST:
            unpublish(page=obj, by=request.user, why=request.POST.get("why", ""), now=timezone.now())
            messages.success(request, _("Taken off the site. The draft and its history stay."))
            url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
            return HttpResponseRedirect(url)
        return super().response_change(request, obj)

    def has_delete_permission(self, request, obj=None):
        # What was kept once is kept as a record.
        return super().has_delete_permission(request, obj) and (obj is None or not obj.versions.exists())


@admin.register(Condition)
class ConditionAdmin(PageAdmin):
    fieldsets = ((None, {"fields": (*BASICS, ("region", "also_region"), "also_called")}), SAFETY, PEOPLE, PLACE)
    inlines = (section_inline(PageKind.CONDITION), RatedTreatmentInline, SourceInline)


@admin.register(Treatment)
class TreatmentAdmin(PageAdmin):
    fieldsets = (
        (None, {"fields": BASICS}),
        (
            _("At a glance"),
            {
                "fields": (
                    "category",
                    "rating",
                    "is_offered",
                    "good_for",
                    "feels_like",
                    "visits",
                    "done_by",
                    "cost_note",
                )
            },
        ),
        SAFETY,
        PEOPLE,
        PLACE,
    )
    inlines = (section_inline(PageKind.TREATMENT), SourceInline)


@admin.register(Article)
class ArticleAdmin(PageAdmin):
    fieldsets = ((None, {"fields": (*BASICS, "key_points", "series")}), SAFETY, PEOPLE, PLACE)
    inlines = (section_inline(PageKind.ARTICLE), MovementInline, SourceInline)


@admin.register(InfoPage)
class InfoPageAdmin(PageAdmin):
    fieldsets = ((None, {"fields": (*BASICS, "is_model_text")}), SAFETY, PEOPLE, PLACE)
    inlines = (section_inline(PageKind.INFO), SourceInline)


@admin.register(Glossary)
class GlossaryAdmin(PageAdmin):
    fieldsets = ((None, {"fields": BASICS}), SAFETY, PEOPLE, PLACE)
    inlines = (section_inline(PageKind.GLOSSARY), TermInline, SourceInline)
