"""From the answers that a draft keeps back to forms, and from valid forms to what a request needs."""

from booking.actions.intake import RequestAnswers
from booking.forms.contact import CallForm, ContactForm, PrepareForm
from booking.forms.form import HONEYPOT_NAME
from booking.forms.reason import ReasonForm
from booking.forms.safety import WhoForm
from booking.forms.when import WhenForm
from booking.states import RequestKind
from clinic.models import Practitioner
from clinic.text_backend import is_on
from content.models import Condition

FORMS = {
    "who": WhoForm,
    "reason": ReasonForm,
    "when": WhenForm,
    "contact": ContactForm,
    "prepare": PrepareForm,
    "call": CallForm,
}
ASKED_BEFORE_SENDING = ("reason", "when", "contact", "prepare")


def who_of(draft):
    return draft.data.get("who", {}).get("who", WhoForm.ME)


def form_options(page, *, draft, site, now):
    """What the form of this page must know, read in at most two queries."""
    if page == "reason":
        return {"conditions": Condition.objects.published().order_by("order", "live_title"), "who": who_of(draft)}
    if page == "when":
        return {
            "site": site,
            "practitioners": Practitioner.objects.active().prefetch_related("locations"),
            "now": now,
        }
    if page == "contact":
        return {"who": who_of(draft), "texts_from": site.clinic.name if is_on() else ""}
    return {}


def sent_form(page, data, **context):
    return FORMS[page](data, **form_options(page, **context))


def shown_form(page, *, draft, **context):
    """The form to show: with what was kept, and with its errors when something of it is no longer possible."""
    options = form_options(page, draft=draft, **context)
    kept = draft.data.get(page)
    if kept is None:
        return FORMS[page](initial=_hints(page, draft, options), **options)
    form = FORMS[page].from_kept(kept, **options)
    return FORMS[page](initial=kept, **options) if form.is_valid() else form


def kept_forms(draft, **context):
    """All forms of a visit, as if sent again now. Their order is the order of the pages.

    Whoever chose a time is not asked when they can come.
    """
    return {
        page: FORMS[page].from_kept(draft.data.get(page, {}), **form_options(page, draft=draft, **context))
        for page in ASKED_BEFORE_SENDING
        if page != "when" or "time" not in draft.data
    }


def visit_answers(draft, forms, wanted=None):
    """RequestAnswers from the valid forms of kept_forms(), and the WantedTime if one was chosen."""
    answers = {}
    for form in forms.values():
        answers |= form.answers()
    if wanted:
        answers |= {"location": wanted.location, "practitioner": None if wanted.is_any else wanted.practitioner}
    return RequestAnswers(**_safety(draft), **answers)


def call_answers(draft, form):
    """RequestAnswers from a valid CallForm."""
    return RequestAnswers(kind=RequestKind.CALL, **_safety(draft), **form.answers())


def filled_honeypot(draft):
    return bool(draft.data.get("contact", {}).get(HONEYPOT_NAME))


def _safety(draft):
    return {
        "safety_outcome": draft.safety_outcome,
        "safety_version": draft.safety_version,
        "call_first": draft.safety_changed,
        "doctor_checked": draft.doctor_checked,
    }


def _hints(page, draft, options):
    """The reason that a condition page suggested, while that condition is still published."""
    if page != "reason":
        return {}
    slug = draft.data.get("who", {}).get("condition", "")
    suggested = [str(condition.pk) for condition in options["conditions"] if slug and condition.live_slug == slug]
    return {"reason": suggested[0]} if suggested else {}
