"""Save draft, publish now: what every kind of draft shares in the admin."""

import copy
import re

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from js_asset import Media

from content.admin.conflict import VersionCheck
from content.admin.history import WithHistory
from content.admin.preview import Previewed
from content.admin.publication import Publication
from content.admin.trash import Trashable
from content.admin.uses import WhereUsed
from content.errors import NotPublishable

INLINE_FIELD = re.compile(r"(?P<row>[a-z_]+-\d+)-")


class DraftForm(forms.ModelForm):
    why = forms.CharField(
        label=_("What changed and why"),
        max_length=200,
        required=False,
        help_text=_(
            "One line for the history. Readers see it on the page. Needed when patients have read an earlier text."
        ),
    )


def anchor(field):
    """Where on the change form a problem's field is: its row for a part of the page, whose editor hides the input."""
    row = INLINE_FIELD.match(field)
    if row:
        return row["row"]
    return f"{field}-group" if field in ("sections", "sources") else f"id_{field}"


class DraftAdmin(VersionCheck, Previewed, WithHistory, Publication, Trashable, WhereUsed, admin.ModelAdmin):
    """Saving saves the draft; publishing is a button of its own that says what will happen.

    Subclasses implement `publish_draft(obj, **by_why_now)`, `draft_problems(obj)` and `status(obj)`.
    """

    form = DraftForm
    change_form_template = "content/admin/change_form.html"
    publish_label = _("Publish now")
    view_on_site = False
    save_on_top = False

    class Media:
        js = ("js/editor_label.js",)

    def publish_draft(self, obj, *, by, why, now):
        raise NotImplementedError

    def draft_problems(self, obj):
        raise NotImplementedError

    def status(self, obj):
        """A sentence on what patients see now."""
        raise NotImplementedError

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {}
        obj = self.get_object(request, object_id) if request.method == "GET" else None
        if obj is not None and self.has_view_or_change_permission(request, obj):
            context = {"status": self.status(obj), "live_url": self.live_url(obj)}
            if "check" in request.GET:
                context["problems"] = self.linked(self.draft_problems(obj))
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def live_url(self, obj):
        """Address of what patients see of it, or an empty string."""
        return ""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        # The editor's import map is inline: only the nonce lets a strict Content-Security-Policy run it.
        context["media"] = Media.from_media(context["media"], nonce=getattr(request, "csp_nonce", ""))
        context["publish_label"] = self.publish_label
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def response_add(self, request, obj, post_url_continue=None):
        return self._answer(request, obj, is_new=True)

    def response_change(self, request, obj):
        return self._answer(request, obj, is_new=False)

    def linked(self, problems):
        return [(anchor(problem.field), problem.text) for problem in problems]

    def _answer(self, request, obj, *, is_new):
        if "_popup" in request.POST:
            # Opened beside another form: stock behavior, which hands the new row back to it.
            return super().response_add(request, obj) if is_new else super().response_change(request, obj)
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
        if "_publish" not in request.POST:
            messages.success(request, _("Draft saved. Patients see it when you publish it."))
            return HttpResponseRedirect(url)
        why = request.POST.get("why", "")
        try:
            self.publish_draft(obj, by=request.user, why=why, now=timezone.now())
        except NotPublishable as error:
            return self._refused(request, obj, url, error.problems, why=why, is_new=is_new)
        messages.success(request, _("Published. Patients see it now."))
        return HttpResponseRedirect(url)

    def _refused(self, request, obj, url, problems, *, why, is_new):
        count = len(problems)
        messages.warning(
            request,
            ngettext(
                "The draft is saved. It is not published yet: %(count)s thing is missing.",
                "The draft is saved. It is not published yet: %(count)s things are missing.",
                count,
            )
            % {"count": count},
        )
        if is_new:
            return HttpResponseRedirect(f"{url}?check=1")
        # Shown at once instead of after a redirect, so that the line typed for the history is not lost.
        shown = copy.copy(request)
        shown.method, shown.POST = "GET", QueryDict()
        return self.change_view(shown, str(obj.pk), extra_context={"problems": self.linked(problems), "why": why})
