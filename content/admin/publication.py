"""Publish, plan it, take off the site, ask for a check: buttons that say what will happen."""

import datetime
from dataclasses import replace

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from clinic.models import Clinic
from content.admin.drafts import Press, StatusLine
from content.drafts import draft_data, is_same_draft, newest_review, readable
from content.editing import planning, reviewing
from content.editing.people import PUBLISH, name_of, publishers, reviewers
from content.editing.plan_times import moment_text, planned_instant
from content.editing.saving import keep_draft
from content.errors import NotChecked, NotPlanned, NotPublishable, Problem
from content.models import PlannedChange
from content.publishing import publish, unpublish
from content.states import PlanAction, PlanState, Verdict

NOT_PLANNED = ngettext_lazy(
    "The draft is saved. Nothing is planned yet: %(count)s thing is missing.",
    "The draft is saved. Nothing is planned yet: %(count)s things are missing.",
    "count",
)
NOT_ASKED = ngettext_lazy(
    "The draft is saved. Nobody is asked yet: %(count)s thing is missing.",
    "The draft is saved. Nobody is asked yet: %(count)s things are missing.",
    "count",
)


class MomentForm(forms.Form):
    """A date and a time on the clinic's clock, in the browser's own pickers."""

    use_required_attribute = False

    day = forms.DateField(
        label=gettext_lazy("Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        error_messages={
            "required": gettext_lazy("Choose a date."),
            "invalid": gettext_lazy("This is not a date. Write it like 12/03/2026."),
        },
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%I:%M %p"],
        error_messages={
            "required": gettext_lazy("Choose a time."),
            "invalid": gettext_lazy("This is not a time. Write it like 9:00 AM."),
        },
    )

    def instant(self, zone):
        """The instant and a note on it: see planned_instant(). Raises NotPlanned."""
        if self.errors:
            raise NotPlanned(
                [
                    Problem(self.add_prefix(name), text)
                    for name, texts in self.errors.items()
                    for text in map(str, texts)
                ]
            )
        reading = datetime.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"].replace(second=0))
        return planned_instant(reading, zone)


class AskForm(forms.Form):
    of = forms.ModelChoiceField(
        label=gettext_lazy("Who should check it"),
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label=gettext_lazy("Any clinical reviewer"),
    )
    note = forms.CharField(
        label=gettext_lazy("What to look at (optional)"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="ask", label_suffix="", **kwargs)
        self.fields["of"].queryset = reviewers()
        self.fields["of"].label_from_instance = lambda user: str(user.practitioner)


class Publication:
    """A mixin of PageAdmin."""

    presses = {
        "_publish": Press("press_publish", PUBLISH),
        "_plan_publish": Press("press_plan_publish", PUBLISH, NOT_PLANNED),
        "_unpublish": Press("press_unpublish", PUBLISH),
        "_plan_unpublish": Press("press_plan_unpublish", PUBLISH, NOT_PLANNED),
        "_cancel_plan": Press("press_cancel_plan", PUBLISH),
        "_ask": Press("press_ask", refused=NOT_ASKED),
        "_withdraw_check": Press("press_withdraw_check"),
    }

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        # Publishing keeps the text itself: one press, one version.
        if self.pressed(request) != "_publish":
            keep_draft(page=form.instance, by=request.user, now=timezone.now())

    def press_publish(self, request, page):
        before, now = planning.waiting(page), timezone.now()
        try:
            publish(page=page, by=request.user, why=self._why(request), now=now)
        except NotPublishable:
            keep_draft(page=page, by=request.user, now=now)
            raise
        said = [_("Published. Patients see it now.")]
        zone = self._zone()
        if PlanAction.PUBLISH in before:
            words = _("What was planned for %(when)s is canceled: it was an older text.")
            said.append(words % {"when": moment_text(before[PlanAction.PUBLISH].at, zone)})
        if PlanAction.UNPUBLISH in before:
            words = _("It is still planned to be taken off the site on %(when)s.")
            said.append(words % {"when": moment_text(before[PlanAction.UNPUBLISH].at, zone)})
        return " ".join(said)

    def press_unpublish(self, request, page):
        planned = planning.waiting(page)
        unpublish(page=page, by=request.user, why=self._why(request), now=timezone.now())
        said = _("Taken off the site. The draft and its history stay.")
        return f"{said} {_('What was planned for this page is canceled.')}" if planned else said

    def press_plan_publish(self, request, page):
        return self._plan(request, page, "plan", planning.plan_publish, _("Planned: published on %(when)s."))

    def press_plan_unpublish(self, request, page):
        return self._plan(request, page, "off", planning.plan_unpublish, _("Planned: taken off the site on %(when)s."))

    def press_cancel_plan(self, request, page):
        typed = request.POST["_cancel_plan"]
        done = typed.isascii() and typed.isdecimal() and len(typed) < 19
        done = done and planning.cancel_plan(page=page, pk=int(typed), by=request.user, now=timezone.now())
        if not done:
            return _("The draft is saved. That plan was done or canceled already.")
        self.log_change(request, page, _("Canceled a planned change."))
        return _("The plan is canceled. The draft is saved.")

    def press_ask(self, request, page):
        form = AskForm(request.POST)
        if not form.is_valid():
            raise NotChecked([Problem(f"ask-{name}", str(texts[0])) for name, texts in form.errors.items()])
        of = form.cleaned_data["of"]
        note = form.cleaned_data["note"]
        reviewing.ask_for_check(page=page, of=of, note=note, by=request.user, now=timezone.now())
        if of is None:
            return _("The draft is saved, and the clinical reviewers are asked to check it.")
        return _("The draft is saved, and %(name)s is asked to check it.") % {"name": of.practitioner}

    def press_withdraw_check(self, request, page):
        reviewing.withdraw(page=page, by=request.user, now=timezone.now())
        return _("The draft is saved. Nobody is asked to check it now.")

    def who_publishes(self):
        names = ", ".join(name_of(user) for user in publishers()[:5])
        if not names:
            return _("You save drafts and ask for checks. Nobody publishes yet: ask a superuser to name somebody.")
        return _("You save drafts and ask for checks. These people publish: %(names)s.") % {"names": names}

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        typed = context.get("typed")
        context["moments"] = {
            name: MomentForm(typed if typed and f"_{button}" in typed else None, prefix=name, label_suffix="")
            for name, button in (("plan", "plan_publish"), ("off", "plan_unpublish"))
        }
        context["ask"] = AskForm(typed if typed and "_ask" in typed else None)
        context["zone_name"] = self._zone().key.rpartition("/")[2].replace("_", " ")
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def status_lines(self, request, page):
        zone, draft, plans = self._zone(), self.draft_of(page), planning.waiting(page)
        may_change = self.has_change_permission(request, page)
        lines = [*self._plan_lines(page, plans, draft, zone), *self._check_lines(request, page, draft, zone)]
        may_press = may_change and self.may_publish(request)
        return [
            line
            if not line.name or (may_press if line.name == "_cancel_plan" else may_change)
            else replace(line, name="")
            for line in lines
        ]

    def draft_of(self, page):
        """The draft as it is saved, read once for each form that is shown."""
        if not hasattr(page, "saved_draft"):
            page.saved_draft = draft_data(page.pk)
        return page.saved_draft

    def _plan_lines(self, page, plans, draft, zone):
        for plan in sorted(plans.values(), key=lambda plan: (plan.at, plan.pk)):
            words = {"when": moment_text(plan.at, zone), "who": name_of(plan.by)}
            if plan.action == PlanAction.UNPUBLISH:
                text = _("On %(when)s this page is taken off the site. Planned by %(who)s.") % words
            elif is_same_draft(plan.version.data, draft):
                text = _("On %(when)s the draft below is published. Planned by %(who)s.") % words
            else:
                words["saved"] = moment_text(plan.version.created_at, zone)
                text = (
                    _(
                        "On %(when)s the text saved on %(saved)s is published. Planned by %(who)s. The draft below "
                        "says something else and is not part of it."
                    )
                    % words
                )
            yield StatusLine(text, _("Cancel this plan"), "_cancel_plan", str(plan.pk))
        newest = PlannedChange.objects.filter(page=page.pk).order_by("-created_at", "-pk").first()
        if (
            newest
            and newest.state == PlanState.FAILED
            and (not page.live_since or newest.finished_at > page.live_since)
        ):
            words = {"when": moment_text(newest.at, zone), "why": " ".join(newest.problem.splitlines())}
            text = _("What was planned for %(when)s could not be done: %(why)s")
            yield StatusLine(text % words, is_alarm=True)

    def _check_lines(self, request, page, draft, zone):
        check_url = self.check_url(page) if self.may_check(request) else ""
        asked = reviewing.open_request(page)
        if asked is not None:
            words = {
                "name": getattr(asked.asked_of, "practitioner", None) or _("a clinical reviewer"),
                "day": _day(asked.created_at, zone),
            }
            text = _("Waits since %(day)s for a check by %(name)s.") % words
            yield StatusLine(text, _("Take this request back"), "_withdraw_check", "1")
        answer = newest_review(page.pk, draft)
        last = page.reviews.select_related("practitioner").first()
        shown = readable(page.live_version.data, page.kind)["reviewer"] if page.live_version else None
        if answer is not None and answer.verdict == Verdict.APPROVED:
            words = {"name": answer.practitioner, "day": _day(answer.created_at, zone)}
            yield StatusLine(_("%(name)s checked exactly this text on %(day)s.") % words)
        elif answer is not None:
            yield self._changes_wanted(answer, zone)
        elif last is not None and last.verdict == Verdict.CHANGES:
            yield self._changes_wanted(last, zone)
        if shown and not draft["reviewer"]:
            text = _(
                "Patients read “Checked by %(name)s”. The draft is another text: published without a new check, the "
                "page no longer says so."
            )
            yield StatusLine(text % {"name": shown["name"]}, is_alarm=True)
        if check_url:
            yield StatusLine(_("You can check this page as a clinician."), _("Read and answer"), url=check_url)

    def _changes_wanted(self, review, zone):
        words = {"name": review.practitioner, "day": _day(review.created_at, zone), "note": review.note}
        return StatusLine(_("%(name)s asked for changes on %(day)s: “%(note)s”") % words, is_alarm=True)

    def _plan(self, request, page, prefix, action, said):
        zone = self._zone()
        try:
            at, note = MomentForm(request.POST, prefix=prefix).instant(zone)
            plan = action(page=page, at=at, by=request.user, why=self._why(request), now=timezone.now())
        except NotPlanned as error:
            # The action does not know which of the two pairs of fields was used.
            fields = {"plan_day": f"{prefix}-day"}
            problems = [replace(problem, field=fields.get(problem.field, problem.field)) for problem in error.problems]
            raise NotPlanned(problems) from error
        said = said % {"when": moment_text(plan.at, zone)}
        self.log_change(request, page, said)
        return f"{said} {note}".strip()

    def _why(self, request):
        return request.POST.get("why", "")[:200]

    def _zone(self):
        return Clinic.objects.get().zone


def _day(instant, zone):
    return format_date(instant.astimezone(zone), "M j, Y")
