"""What stands between a draft and its patients, what is worth a look, and clean paste: beside the form of a page."""

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from content.admin.drafts import INLINE_FIELD, anchor
from content.anatomy import USUAL_HEADINGS
from content.editing.advice import page_advice
from content.editing.advice_facts import advice_facts
from content.rich_text import sanitise

SHOWN_AT_ONCE = 5  # more advice than that is folded
# What a row of a part of the form is called by, in the order of preference.
ROW_NAMES = ("heading", "name", "citation")


class Advised:
    """A mixin of the admins of pages."""

    def linked(self, problems):
        return [(field_anchor(problem.field), problem.text) for problem in problems]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and request.method == "GET" and self.has_change_permission(request, obj):
            context.setdefault("problems", self.linked(self.draft_problems(obj)))
            context |= self.advice(obj)
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def advice(self, obj):
        """Advice on the saved draft for the template, by the field that it belongs to."""
        data = self.draft_of(obj)
        advice = page_advice(data, advice_facts(obj, data))
        places = {}
        for entry in advice:
            places.setdefault(entry.field, []).append(entry.text)
        return {
            "advice": [(field_anchor(field), self.place(field, data), texts) for field, texts in places.items()],
            "advice_count": len(advice),
            "advice_is_open": len(advice) <= SHOWN_AT_ONCE,
        }

    def place(self, field, data):
        """The name of a field as the form shows it; for a row of a part, the name of the row."""
        row = INLINE_FIELD.match(field)
        if not row:
            return self.model._meta.get_field(field).verbose_name
        group, _dash, index = row["row"].rpartition("-")
        values = data[group][int(index)]
        name = next((values[key] for key in ROW_NAMES if values.get(key)), "")
        return name or USUAL_HEADINGS.get(values.get("key")) or _("row %(number)s") % {"number": int(index) + 1}

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_paste"
        return [
            path("paste/", self.admin_site.admin_view(never_cache(self.paste_view)), name=name),
            *super().get_urls(),
        ]

    def paste_view(self, request):
        """The HTML of the clipboard (the body of the request) as the site would store it. Changes nothing."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        return cleaned_paste(request)


@require_POST
def cleaned_paste(request):
    return JsonResponse({"html": sanitise(request.body.decode("utf-8", "replace"))})


def field_anchor(field):
    """Where on the form a field is: the field itself also in a row, which opens when it is gone to."""
    return f"id_{field}" if INLINE_FIELD.match(field) else anchor(field)
