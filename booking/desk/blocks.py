"""Blocked time: what is blocked from now on, blocking more, and giving some back."""

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from booking.actions.blocks import block_time, unblock
from booking.desk.access import ANSWER, SEE, desk_page, staff_who_may
from booking.desk.forms import DAYS_AS_TYPED, TIMES_AS_TYPED, ActionForm, problems_of
from booking.desk.request_page import CONFLICT
from booking.errors import BookingError, VisitsInTheWay
from booking.forms.fields import LineField
from booking.models import BusySlot, Schedule
from booking.states import SlotKind

# Two rows a day for a quarter; more is not a list that anybody reads.
MOST_SHOWN = 200


def _day(label, **kwargs):
    return forms.DateField(
        label=label,
        input_formats=DAYS_AS_TYPED,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose a day"), "invalid": _("Enter a day, like 11/24/2026")},
        **kwargs,
    )


def _time(label, help_text):
    return forms.TimeField(
        label=label,
        required=False,
        help_text=help_text,
        input_formats=TIMES_AS_TYPED,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Enter a time, like 9:10 am")},
    )


class ScheduleField(forms.ModelChoiceField):
    def label_from_instance(self, schedule):
        return _name_of(schedule)


class BlockForm(ActionForm):
    """Blocking on the clinic's clock. “Around” is offered only after a refusal that lists who is in the way."""

    schedule = ScheduleField(
        label=_("Whose time?"),
        queryset=Schedule.objects.none(),
        error_messages={"required": _("Choose whose time"), "invalid_choice": _("Choose whose time")},
    )
    first_day = _day(_("First day"))
    last_day = _day(_("Last day"), required=False, help_text=_("Empty: this day only."))
    from_time = _time(_("From"), _("Each day. Empty: from the start of the day."))
    until_time = _time(_("Until"), _("Empty: to the end of the day."))
    label = LineField(
        label=_("What for? Colleagues read it, so no patient's name"),
        max_length=80,
        error_messages={"required": _("Say what for, like training")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    around = forms.BooleanField(label=_("Block the rest of the time around them"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offers_around = "around" in self.data
        self.fields["schedule"].queryset = (
            Schedule.objects.filter(Q(practitioner__is_active=True) | Q(room__is_active=True))
            .select_related("practitioner", "room__location")
            .order_by("room__location__name", "room__order", "practitioner__order", "practitioner__name", "pk")
        )

    def clean(self):
        cleaned = super().clean()
        cleaned["last_day"] = cleaned.get("last_day") or cleaned.get("first_day")
        return cleaned


class UnblockForm(ActionForm):
    slot_ids = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Tick what is to be free again")}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Any row: what is no longer there is said by the action, in words.
        self.fields["slot_ids"].valid_value = lambda value: value.isascii() and value.isdigit() and len(value) < 19


@staff_who_may(SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def blocked_time(request):
    if request.method != "POST":
        return _page(request, BlockForm(auto_id="block_%s"))
    return _block(request)


@staff_who_may(ANSWER)
def _block(request):
    form = BlockForm(request.POST, auto_id="block_%s")
    if not form.is_valid():
        return _page(request, form)
    try:
        blocked = block_time(by=request.user, now=timezone.now(), **form.cleaned_data)
    except VisitsInTheWay as error:
        form.add_error(None, str(error))
        form.offers_around = True
        return _page(request, form, in_the_way=error.visits, status=CONFLICT)
    except BookingError as error:
        form.add_error(None, str(error))
        return _page(request, form, status=CONFLICT)
    messages.success(request, _("The time is blocked."))
    if blocked.visits:
        stay = ngettext(
            "%(n)d visit stays in it. Call the patient and move it.",
            "%(n)d visits stay in it. Call the patients and move them.",
            len(blocked.visits),
        )
        messages.warning(request, stay % {"n": len(blocked.visits)})
    return redirect("admin:desk_blocks")


@staff_who_may(ANSWER)
@require_POST
def give_back(request):
    form = UnblockForm(request.POST)
    status = 200
    if form.is_valid():
        try:
            unblock(slot_ids=form.cleaned_data["slot_ids"], by=request.user, now=timezone.now())
        except BookingError as error:
            form.add_error(None, str(error))
            status = CONFLICT
        else:
            messages.success(request, _("The time is free again."))
            return redirect("admin:desk_blocks")
    return _page(request, BlockForm(auto_id="block_%s"), problems=problems_of(form), status=status)


def _page(request, form, *, in_the_way=(), problems=None, status=200):
    rows = BusySlot.objects.filter(kind=SlotKind.BLOCK, end__gt=timezone.now()).select_related(
        "schedule__practitioner", "schedule__room__location"
    )
    shown = list(rows.order_by("start", "pk")[: MOST_SHOWN + 1])
    context = {
        "title": _("Blocked time"),
        "form": form,
        "problems": problems_of(form) if problems is None and form.is_bound else problems or [],
        "in_the_way": in_the_way,
        "blocks": [(row, _name_of(row.schedule)) for row in shown[:MOST_SHOWN]],
        "more": len(shown) > MOST_SHOWN,
        "may_answer": request.user.has_perm(ANSWER),
    }
    return desk_page(request, "blocks", context, page="blocks", status=status)


def _name_of(schedule):
    """“Jordan Example”, or “Room 2, Exampleton”."""
    if schedule.practitioner_id:
        return schedule.practitioner.name
    return _("%(room)s, %(place)s") % {"room": schedule.room.name, "place": schedule.room.location.name}
