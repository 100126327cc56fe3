"""Save draft, publish now: what every kind of draft shares in the admin."""

import copy
import re
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from js_asset import Media

from content.admin.conflict import VersionCheck
from content.admin.history import WithHistory
from content.admin.preview import Previewed
from content.admin.trash import Trashable
from content.admin.uses import WhereUsed
from content.errors import Refused

INLINE_FIELD = re.compile(r"(?P<row>[a-z_]+-\d+)-")
# Problems whose fields are not typed in: where on the form they are solved.
PLACES = {"sections": "sections-group", "sources": "sources-group", "reviewer": "ask"}


class DraftForm(forms.ModelForm):
    why = forms.CharField(
        label=_("What changed and why"),
        max_length=200,
        required=False,
        help_text=_(
            "One line for the history. Readers see it on the page. Needed when patients have read an earlier text."
        ),
    )


@dataclass(frozen=True)
class Press:
    """A button beside “Save draft”. `method` of the admin does it and returns what to say; Refused is listed.

    Who lacks the `permission` gets 403 before anything is saved; empty: whoever may change the draft.
    """

    method: str
    permission: str = ""
    refused: object = ngettext_lazy(
        "The draft is saved. It is not published yet: %(count)s thing is missing.",
        "The draft is saved. It is not published yet: %(count)s things are missing.",
        "count",
    )


@dataclass(frozen=True)
class StatusLine:
    """One sentence of the status, with a button (`name` and `value` of what it sends) or a link beside it."""

    text: str
    label: str = ""
    name: str = ""
    value: str = ""
    url: str = ""
    is_alarm: bool = False


def anchor(field):
    """Where on the change form a problem's field is: its row for a part of the page, whose editor hides the input."""
    row = INLINE_FIELD.match(field)
    return row["row"] if row else PLACES.get(field, f"id_{field}")


class DraftAdmin(VersionCheck, Previewed, WithHistory, Trashable, WhereUsed, admin.ModelAdmin):
    """Saving saves the draft; every other button does one thing more, and its label says what.

    Subclasses implement `press_publish(request, obj)`, `draft_problems(obj)` and `status(obj)`.
    """

    form = DraftForm
    change_form_template = "content/admin/change_form.html"
    publish_label = _("Publish now")
    presses = {}
    view_on_site = False
    save_on_top = False

    class Media:
        css = {"all": ["css/admin_publication.css"]}
        js = ("js/editor_label.js", "js/plan_label.js")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Chooses among what there is: icons that add, change or delete a person open windows beside what is typed."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def draft_problems(self, obj):
        raise NotImplementedError

    def status(self, obj):
        """A sentence on what patients see now."""
        raise NotImplementedError

    def status_lines(self, request, obj):
        """What else is to be known before a button is pressed."""
        return []

    def may_publish(self, request):
        return request.user.has_perm(self.presses["_publish"].permission)

    def who_publishes(self):
        """A sentence for people who may not."""
        return ""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            needed = {press.permission for name, press in self.presses.items() if name in request.POST} - {""}
            if not request.user.has_perms(needed):
                raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def live_url(self, obj):
        """Address of what patients see of it, or an empty string."""
        return ""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        # The editor's import map is inline: only the nonce lets a strict Content-Security-Policy run it.
        context["media"] = Media.from_media(context["media"], nonce=getattr(request, "csp_nonce", ""))
        context |= {"publish_label": self.publish_label, "may_publish": self.may_publish(request)}
        context["who_publishes"] = "" if context["may_publish"] else self.who_publishes()
        if obj is not None:
            if request.method == "GET" and "check" in request.GET and "problems" not in context:
                context["problems"] = self.linked(self.draft_problems(obj))
            context |= {
                "status": self.status(obj),
                "status_lines": self.status_lines(request, obj),
                "live_url": self.live_url(obj),
            }
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def response_add(self, request, obj, post_url_continue=None):
        return self._answer(request, obj, is_new=True)

    def response_change(self, request, obj):
        return self._answer(request, obj, is_new=False)

    def linked(self, problems):
        return [(anchor(problem.field), problem.text) for problem in problems]

    def pressed(self, request):
        """Name of the button that asks for more than saving, or an empty string."""
        if "_popup" in request.POST:
            # Beside another form there is only saving: see _answer().
            return ""
        return next((name for name in self.presses if name in request.POST), "")

    def _answer(self, request, obj, *, is_new):
        if "_popup" in request.POST:
            # Opened beside another form: stock behavior, which hands the new row back to it.
            return super().response_add(request, obj) if is_new else super().response_change(request, obj)
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
        press = self.presses.get(self.pressed(request))
        if press is None:
            if self.may_publish(request):
                messages.success(request, _("Draft saved. Patients see it when you publish it."))
            else:
                messages.success(request, _("Draft saved. Patients see it when somebody publishes it."))
            return HttpResponseRedirect(url)
        try:
            said = getattr(self, press.method)(request, obj)
        except Refused as error:
            return self._refused(request, obj, url, press, error.problems, is_new=is_new)
        messages.success(request, said)
        return HttpResponseRedirect(url)

    def _refused(self, request, obj, url, press, problems, *, is_new):
        messages.warning(request, press.refused % {"count": len(problems)})
        if is_new:
            return HttpResponseRedirect(f"{url}?check=1")
        # Shown at once instead of after a redirect, so that what was typed beside the draft is not lost.
        shown = copy.copy(request)
        shown.method, shown.POST = "GET", QueryDict()
        context = {"problems": self.linked(problems), "typed": request.POST, "why": request.POST.get("why", "")}
        return self.change_view(shown, str(obj.pk), extra_context=context)
