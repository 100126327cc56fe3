"""The warning signs: each form edits one of them. All of them are proposed together, and a second person decides."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from content import safety_publishing
from content.admin.drafts import DraftAdmin, DraftForm, Press, StatusLine
from content.editing.comparing import compare
from content.editing.people import PUBLISH_SIGNS, name_of
from content.errors import NotAllowed, Refused
from content.models import RedFlag, SafetyProposal
from content.publishing import draft_flags, library_draft_problems, library_has_unpublished_changes, live_flags
from content.states import ProposalState


class RedFlagForm(DraftForm):
    def clean_key(self):
        key = self.cleaned_data["key"]
        if RedFlag.objects.filter(key=key, trashed_at__isnull=False).exists():
            raise forms.ValidationError(
                _("A sign in the trash has this short name. Restore that one, or choose another name.")
            )
        return key


@admin.register(RedFlag)
class RedFlagAdmin(DraftAdmin):
    form = RedFlagForm
    fields = ("key", "text", "group", "area", "in_check", "source", "is_verified", "order")
    list_display = ("text", "group", "area", "in_check", "is_verified", "used_on")
    list_filter = ("group", "area", "in_check", "is_verified")
    search_fields = ("text", "key")
    publish_label = gettext_lazy("Propose all warning signs to a second person")
    presses = {
        "_publish": Press(
            "press_publish",
            PUBLISH_SIGNS,
            ngettext_lazy(
                "The draft is saved. It is not proposed yet: %(count)s thing is missing.",
                "The draft is saved. It is not proposed yet: %(count)s things are missing.",
                "count",
            ),
        )
    }

    def get_urls(self):
        view = self.admin_site.admin_view(self.proposal_view)
        return [path("proposal/", view, name="content_redflag_proposal"), *super().get_urls()]

    def get_queryset(self, request):
        return super().get_queryset(request).kept().annotate(page_count=Count("pages"))

    @admin.display(description=gettext_lazy("drafts that use it"), ordering="page_count")
    def used_on(self, flag):
        return flag.page_count

    def get_readonly_fields(self, request, obj=None):
        # Versions of pages hold the key.
        return ("key",) if obj else ()

    def press_publish(self, request, obj):
        safety_publishing.propose(by=request.user, why=request.POST.get("why", "")[:200], now=timezone.now())
        return _("Proposed. Patients see it when a second person has agreed.")

    def who_publishes(self):
        return _("You save drafts. A publisher proposes them, and a second person agrees.")

    def draft_problems(self, obj):
        return library_draft_problems()

    def status(self, obj):
        if library_has_unpublished_changes():
            return _("Warning signs have changes that patients do not see yet.")
        return _("Patients see all warning signs as they are saved here.")

    def status_lines(self, request, obj):
        proposal = safety_publishing.waiting_proposal()
        if proposal is None:
            return []
        words = {"name": name_of(proposal.proposed_by), "day": _day(proposal.proposed_at)}
        text = _("A proposal of %(name)s waits since %(day)s for a second person.") % words
        return [StatusLine(text, _("Read it and decide"), url=reverse("admin:content_redflag_proposal"))]

    def proposal_view(self, request):
        if not self.has_view_permission(request) or not safety_publishing.may_decide(request.user):
            raise PermissionDenied
        proposal = safety_publishing.waiting_proposal()
        problems, note = (), ""
        if request.method == "POST":
            note = request.POST.get("note", "")[:300]
            try:
                messages.success(request, self._decided(request, note))
                return HttpResponseRedirect(reverse("admin:content_redflag_proposal"))
            except NotAllowed as error:
                raise PermissionDenied from error
            except Refused as error:
                problems = [problem.text for problem in error.problems]
                proposal = safety_publishing.waiting_proposal()
        context = {"opts": self.opts, "title": _("Proposal for the warning signs"), "problems": problems, "note": note}
        context |= {"proposal": proposal, **self._proposal_context(request, proposal)}
        return TemplateResponse(request, "content/admin/proposal.html", self.admin_site.each_context(request) | context)

    def _decided(self, request, note):
        typed = request.POST.get("proposal", "")
        pk = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0
        if not SafetyProposal.objects.filter(pk=pk).exists():
            raise PermissionDenied
        now = timezone.now()
        if "_agree" in request.POST:
            safety_publishing.agree(pk=pk, by=request.user, now=now)
            return _("Agreed and published. Patients see it now.")
        if "_refuse" in request.POST:
            safety_publishing.refuse(pk=pk, by=request.user, note=note, now=now)
            return _("Not agreed. The draft stays, patients see what they saw before.")
        if "_withdraw" in request.POST:
            safety_publishing.withdraw(pk=pk, by=request.user, now=now)
            return _("Taken back. The draft stays, patients see what they saw before.")
        raise PermissionDenied

    def _proposal_context(self, request, proposal):
        if proposal is None:
            latest = SafetyProposal.objects.select_related("proposed_by", "decided_by").exclude(
                state=ProposalState.WAITING
            )
            return {"latest": latest.first(), "changes": (), "pages": (), "why_not": "", "has_moved_on": False}
        flags, live = proposal.data["flags"], live_flags()
        old, new = ({flag["key"]: flag for flag in signs} for signs in (live, flags))
        changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        return {
            "latest": None,
            "changes": compare({"flags": live}, {"flags": flags}),
            "pages": safety_publishing.touched_pages(changed),
            "why_not": safety_publishing.why_not_agree(proposal, request.user),
            "may_withdraw": safety_publishing.may_propose(request.user),
            "may_refuse": request.user != proposal.proposed_by,
            "has_moved_on": flags != draft_flags(),
            "proposed_by": name_of(proposal.proposed_by),
        }


def _day(instant):
    return format_date(timezone.localtime(instant), "M j, Y")
