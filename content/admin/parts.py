"""The parts of a page as rows of its form."""

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.picture_forms import PictureField, choosable, refuse_trashed
from content.anatomy import SECTIONS, Layout, PageKind, section_kind
from content.models import Movement, RatedTreatment, Section, Source, Term, Treatment

# Columns that only some layouts use; a row shows those of its own layout.
LAYOUT_COLUMNS = {
    Layout.SYMPTOMS: ("unlikely_if",),
    Layout.DO_DONT: ("do", "dont"),
    Layout.NUMBERS: ("number", "number_text", "number_note"),
}
SPECIAL_COLUMNS = tuple(name for names in LAYOUT_COLUMNS.values() for name in names)
BODY_HELP = {
    Layout.PROSE: _("Short paragraphs and lists. Cite a source by its number in square brackets, like [4]."),
    Layout.SYMPTOMS: _("What people feel, as a list, in their words."),
    Layout.DO_DONT: _("What holds for everybody, before the two lists."),
    Layout.CARE: _(
        "The list of the blue card, ending the sentence “Make an appointment with us or your doctor if”. "
        "The red card comes from the warning signs by itself."
    ),
    Layout.NUMBERS: _("How it usually goes, in words. The drawing of 100 dots follows below it."),
    Layout.RATED: _("One or two sentences. The rated treatments further down follow it by themselves."),
    Layout.MOVEMENTS: _("One or two sentences. The movements further down follow it by themselves."),
    Layout.TERMS: _("One or two sentences. The words further down follow it by themselves."),
}


class SectionForm(forms.ModelForm):
    page_kind = None  # set by section_inline()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = SECTIONS[self.page_kind]
        self.fields["key"].widget = forms.Select(
            choices=[(kind.key, kind.heading or _("With a heading of its own")) for kind in kinds]
        )
        key = self["key"].value()
        layout = next((kind.layout for kind in kinds if kind.key == key), Layout.PROSE)
        for name in SPECIAL_COLUMNS:
            # Hidden, not removed: a row that changes its kind loses nothing that was typed.
            if name not in LAYOUT_COLUMNS.get(layout, ()):
                self.fields[name].widget = self.fields[name].hidden_widget()
        self.fields["body"].help_text = BODY_HELP[layout]

    def clean_image(self):
        return refuse_trashed(self.cleaned_data["image"], before=self.initial.get("image"))

    def clean_key(self):
        key = self.cleaned_data["key"]
        try:
            section_kind(self.page_kind, key)
        except KeyError as error:
            raise forms.ValidationError(_("This kind of page has no such part.")) from error
        return key


class PartInline(admin.StackedInline):
    """Rows that are folded until somebody opens one, so that a long form can be overlooked."""

    template = "content/admin/_part_rows.html"
    names_rows = True  # in the list of parts above the form
    # More than any page needs. Rows that were claimed and not sent are made and shown, which costs seconds a thousand.
    max_num = 60

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"absolute_max": self.max_num + 20} | kwargs)

    class Media:
        css = {"all": ["css/admin_parts.css"]}
        js = ("js/admin_parts.js", "js/clean_paste.js")


class SectionInline(PartInline):
    model = Section
    extra = 0
    fields = (
        ("order", "key"),
        "heading",
        "body",
        "unlikely_if",
        "do",
        "dont",
        ("number", "number_text"),
        "number_note",
        "drawing",
        "image",
        "image_alt",
        "caption",
    )

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Reads the pictures once a request: by itself every section would ask the database again."""
        if db_field.name != "image":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        chosen = Section.objects.filter(image__isnull=False).values("image")
        kwargs |= {"form_class": PictureField, "queryset": choosable(also=chosen)}
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if not hasattr(request, "picture_choices"):
            request.picture_choices = list(field.choices)
        field.choices = request.picture_choices
        return field

    def get_extra(self, request, obj=None, **kwargs):
        return len(first_sections(self.form.page_kind)) if obj is None else 0


def section_inline(kind):
    """The inline for the sections that this kind of page has."""
    form = type(f"{kind.name.title()}SectionForm", (SectionForm,), {"page_kind": kind})
    return type(f"{kind.name.title()}SectionInline", (SectionInline,), {"form": form})


def first_sections(kind):
    """First rows of a new page's form: the parts that it cannot be published without."""
    kinds = [section for section in SECTIONS[PageKind(kind)] if section.required or section.repeats]
    return [{"key": section.key, "order": number} for number, section in enumerate(kinds)]


class SourceInline(PartInline):
    model = Source
    names_rows = False
    extra = 0
    fields = (("number", "year"), "citation", "url")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


class RatedTreatmentInline(PartInline):
    model = RatedTreatment
    extra = 0
    fields = (("order", "name", "rating"), "treatment", "text")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "treatment":
            kwargs["queryset"] = Treatment.objects.kept()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class MovementInline(PartInline):
    model = Movement
    extra = 0


class TermInline(PartInline):
    max_num = 400
    model = Term
    names_rows = False
    extra = 0
    fields = (("name", "also"), "meaning")
