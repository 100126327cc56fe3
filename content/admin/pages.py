"""Conditions, treatments, articles and practical pages: each form is the draft of one page."""

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from content.admin.advised import Advised
from content.admin.checking import Checkable
from content.admin.drafts import DraftAdmin, DraftForm, StatusLine
from content.admin.parts import (
    MovementInline,
    RatedTreatmentInline,
    SourceInline,
    TermInline,
    first_sections,
    section_inline,
)
from content.admin.publication import Publication
from content.anatomy import PageKind
from content.drafts import is_same_draft, readable
from content.editing.plan_times import moment_text
from content.editing.public_state import PublicState, with_public_state
from content.models import Article, Condition, Glossary, InfoPage, Page, Treatment
from content.publishing import page_draft_problems
from content.reading_level import page_reading_level

BASICS = ("title", "slug", "medical_name", "tagline", "summary", "search_description", "search_words")
SAFETY = (_("Safety"), {"fields": ("red_flags", "no_emergency_card"), "classes": ("collapse",)})
PEOPLE = (_("Who stands for this text"), {"fields": ("author", ("reviewer", "last_reviewed", "next_review"))})
PLACE = (_("Place"), {"fields": ("related", "order", "owner"), "classes": ("collapse",)})


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


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"
    STATES = {
        "planned": (_("planned"), Q(publish_at__isnull=False) | Q(unpublish_at__isnull=False)),
        "waits": (_("waits for a check"), Q(waits_for_check=True)),
    }

    def lookups(self, request, model_admin):
        return [*PublicState.choices, *((name, label) for name, (label, _condition) in self.STATES.items())]

    def queryset(self, request, queryset):
        if self.value() in PublicState.values:
            return queryset.filter(public_state=self.value())
        if self.value() in self.STATES:
            return queryset.filter(self.STATES[self.value()][1])
        return queryset


class PageAdmin(Advised, Publication, Checkable, DraftAdmin):
    form = PageForm
    list_display = ("title", "state", "updated_at", "next_review")
    list_filter = (StateFilter,)
    search_fields = ("title", "slug", "medical_name")
    ordering = ("order", "title")
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("reviewer", "last_reviewed", "next_review")

    def get_queryset(self, request):
        return with_public_state(super().get_queryset(request).kept())

    @admin.display(description=_("state"), ordering="public_state")
    def state(self, page):
        words = [str(PublicState(page.public_state).label)]
        zone = timezone.get_current_timezone()
        if page.publish_at:
            words.append(gettext("publishing planned for %(when)s") % {"when": moment_text(page.publish_at, zone)})
        if page.unpublish_at:
            words.append(gettext("taking off planned for %(when)s") % {"when": moment_text(page.unpublish_at, zone)})
        if page.waits_for_check:
            words.append(gettext("waits for a check"))
        return "; ".join(words)

    def draft_problems(self, obj):
        return page_draft_problems(obj, data=self.draft_of(obj), now=timezone.now())

    def status(self, obj):
        """What patients see now."""
        if obj.live_version is None:
            return _("Patients do not see this page. It is a draft.")
        since = date_format(obj.live_since.astimezone(Clinic.objects.get().zone), "F j, Y, g:i A")
        draft = self.draft_of(obj)
        if not is_same_draft(obj.live_version.data, draft):
            return _("Patients see the version of %(since)s. The draft below says something else.") % {"since": since}
        if draft["reviewer"] and not readable(obj.live_version.data, obj.kind)["reviewer"]:
            return _(
                "Patients see this page as it stands below, since %(since)s. It was checked afterwards: publish it "
                "once more and the page says by whom."
            ) % {"since": since}
        return _("Patients see this page as it stands below, since %(since)s.") % {"since": since}

    def status_lines(self, request, page):
        """After what waits for an answer: how hard the draft is to read."""
        lines, level = super().status_lines(request, page), page_reading_level(self.draft_of(page))
        if level.grade is None:
            return lines
        text = _("Reading grade of the draft: %(grade)s (aim: 6 to 8). Longest sentence: %(words)s words.")
        return [*lines, StatusLine(text % {"grade": level.grade, "words": level.longest})]

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
