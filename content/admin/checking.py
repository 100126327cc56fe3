"""The clinician's page: what changed since the text that was checked last or is live, and the two answers."""

import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Clinic
from clinic.wall_clock import day_of
from content.drafts import draft_data, is_same_draft, readable
from content.editing import reviewing
from content.editing.comparing import Names, compare
from content.editing.people import REVIEW, clinician_of
from content.errors import NotAllowed, NotChecked
from content.models import Page, PageVersion
from content.safety import live_library
from content.states import Verdict, VersionKind


class ApproveForm(forms.Form):
    use_required_attribute = False

    next_review = forms.DateField(
        label=gettext_lazy("Next check due"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        help_text=gettext_lazy("At most three years from today. Sooner where the evidence moves."),
        error_messages={
            "required": gettext_lazy("Say when the page must be checked again."),
            "invalid": gettext_lazy("This is not a date. Write it like 12/03/2027."),
        },
    )


class ChangesForm(forms.Form):
    use_required_attribute = False

    note = forms.CharField(
        label=gettext_lazy("What must change"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        error_messages={"required": gettext_lazy("Say what must change.")},
    )


class Checkable:
    """A mixin of PageAdmin."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_check"
        return [path("<int:pk>/check/", self.admin_site.admin_view(self.check_view), name=name), *super().get_urls()]

    def may_check(self, request):
        return request.user.has_perm(REVIEW)

    def check_url(self, page):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_check", args=[page.pk])

    def check_view(self, request, pk):
        if not (self.has_view_permission(request) and self.may_check(request)):
            raise PermissionDenied
        page = self.get_object(request, str(pk))
        if page is None:
            raise Http404
        version = self._version(request, page)
        today = day_of(timezone.now(), Clinic.objects.get().zone)
        in_a_year = today + datetime.timedelta(days=365)
        approve = ApproveForm(initial={"next_review": in_a_year}, prefix="approve", label_suffix="")
        changes = ChangesForm(prefix="changes", label_suffix="")
        if request.method == "POST" and version is not None:
            if "_approve" in request.POST:
                approve = ApproveForm(request.POST, prefix="approve", label_suffix="")
                done = self._answered(approve, lambda: self._approve(request, page, version, approve))
            else:
                changes = ChangesForm(request.POST, prefix="changes", label_suffix="")
                done = self._answered(changes, lambda: self._want_changes(request, page, version, changes))
            if done:
                return HttpResponseRedirect(self.check_url(page))
        return TemplateResponse(
            request,
            "content/admin/check.html",
            self.admin_site.each_context(request)
            | {"opts": self.opts, "title": _("Check “%(title)s”") % {"title": page}, "page": page}
            | {"approve": approve, "changes": changes, "version": version}
            | self._check_context(request, page, version),
        )

    def _answered(self, form, answer):
        """Whether the form was complete and the answer stands; otherwise the form says why."""
        if not form.is_valid():
            return False
        try:
            answer()
        except NotAllowed as error:
            raise PermissionDenied from error
        except NotChecked as error:
            for problem in error.problems:
                form.add_error(problem.field, problem.text)
            return False
        return True

    def _approve(self, request, page, version, form):
        due = form.cleaned_data["next_review"]
        reviewing.approve(page=page, version=version, by=request.user, next_review=due, now=timezone.now())
        messages.success(request, _("Thank you. Your check of exactly this text is written down."))

    def _want_changes(self, request, page, version, form):
        note = form.cleaned_data["note"]
        reviewing.want_changes(page=page, version=version, by=request.user, note=note, now=timezone.now())
        messages.success(request, _("Thank you. The editor reads your note on the page's form and gets a mail."))

    def _version(self, request, page):
        """The text that was shown when the answer was pressed; on opening the one asked about, or the newest."""
        texts = page.versions.exclude(kind=VersionKind.OFF).exclude(data={})
        if request.method == "POST":
            typed = request.POST.get("version", "")
            pk = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0
            found = texts.filter(pk=pk).first()
            if found is None:
                raise PermissionDenied
            return found
        asked = reviewing.open_request(page)
        return asked.version if asked else texts.order_by("-number").first()

    def _check_context(self, request, page, version):
        if version is None:
            return {"before": None, "parts": (), "is_newest": True, "asked": None, "answer": None, "person": None}
        data = readable(version.data, page.kind)
        before = self._checked_or_live(page)
        names = Names(
            flags={flag.key: flag.text for flag in live_library().flags},
            pages=dict(Page.objects.filter(pk__in=data["related"]).values_list("pk", "title")),
        )
        return {
            "before": before,
            "parts": compare(readable(before.data, page.kind) if before else {}, data, names),
            "is_newest": is_same_draft(data, draft_data(page.pk)),
            "asked": reviewing.open_request(page),
            "answer": page.reviews.filter(version=version).select_related("practitioner").first(),
            "person": clinician_of(request.user),
        }

    def _checked_or_live(self, page):
        """The text to compare with: the one found right last, else what patients read now."""
        review = page.reviews.filter(verdict=Verdict.APPROVED).select_related("version").first()
        if review is not None:
            return review.version
        return PageVersion.objects.filter(pk=page.live_version_id).first()
