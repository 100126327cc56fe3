"""What the gallery shows: each component with what it may hold. The templates are those of the site itself.

Only what no template of its own holds, like a button, is written in templates/gallery/; a test keeps that to classes
that pages really use. All persons and sources here are made up.
"""

import datetime
from dataclasses import dataclass, field
from types import SimpleNamespace

from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from booking.forms.contact import ContactForm, PrepareForm
from booking.forms.safety import WhoForm
from booking.states import RequestKind
from booking.steps import progress
from content.anatomy import Drawing, Still
from content.rendering import Dots, EmergencyCard, RatingView, Review, SectionView
from content.safety import Flag
from content.states import FlagArea, FlagGroup
from njspine.previews.samples import SAMPLES

DAY = datetime.date(2026, 11, 24)
DOTS = Dots(55, "M0 0h200v100H0zM0 100h100v20H0z", "M100 100H200v20H100zM0 120H200V200H0z")


@dataclass(frozen=True)
class Example:
    """`template` with `context`; `name` says which state it is."""

    name: str
    template: str
    context: dict = field(default_factory=dict)


def sections(site):
    """(title, Examples) for the gallery; `site` is the clinic.site.Site, whose hours are shown if it has any."""
    return [
        (_("Buttons and links"), [Example(_("All of them"), "gallery/buttons.html")]),
        (_("Care cards"), CARE),
        (_("Forms"), forms()),
        (_("Alerts and notes"), ALERTS),
        (_("Chips and steps"), CHIPS),
        (_("A path"), [Example(_("Done, now, to come"), "gallery/path.html")]),
        (_("Sum lists"), [Example(_("What somebody asked for"), "gallery/sums.html", {"day": DAY})]),
        (_("Days and times"), TIMES),
        (_("Parts of an article"), ARTICLE),
        (_("Drawings"), [*(_drawn(one, "fig2") for one in Drawing), *(_drawn(one, "still") for one in Still)]),
        (_("Tables"), tables(site)),
        (_("Frame of a page"), frame(site)),
        (_("What the link in a mail opens"), BY_LINK),
        (_("Mails"), [Example(_("All of them"), "gallery/mails.html", {"samples": SAMPLES})]),
    ]


def forms():
    """As they open, and as they come back when nothing was filled in."""
    return [
        Example(_("Choices"), "gallery/form.html", {"form": WhoForm()}),
        Example(_("Choices, none made"), "gallery/form.html", {"form": WhoForm({})}),
        Example(_("Text"), "gallery/form.html", {"form": ContactForm(who=WhoForm.ME)}),
        Example(_("Text, nothing typed"), "gallery/form.html", {"form": ContactForm({}, who=WhoForm.ME)}),
        Example(_("List, tick, long text"), "gallery/form.html", {"form": PrepareForm()}),
        Example(_("Search"), "content/_search_box.html", {"label": _("Search this site"), "query": ""}),
    ]


def tables(site):
    found = [Example(place.name, "clinic/_hours.html", {"location": place}) for place in site.locations[:1]]
    return [*found, Example(_("Terms"), "content/_terms.html", {"page": PAGE})]


def frame(site):
    """The sample clinic's pages begin with the notice, and so does the gallery itself."""
    notice = [] if site.clinic.is_sample else [Example(_("Sample notice"), "_components/sample_strip.html")]
    return notice + FRAME


def _drawn(drawing, figure):
    about = {"drawing": f"content/drawings/{drawing}.html", "figure": figure}
    return Example(drawing.label, "gallery/drawing.html", about)


def _sign(key, group, text):
    return Flag(key, group, FlagArea.BELOW_WAIST, text, in_check=True)


SIGNS = (
    _sign("one", FlagGroup.EMERGENCY, _("A sample sign that stands for an emergency")),
    _sign("two", FlagGroup.EMERGENCY, _("A second one, long enough that it needs more than one line on a small phone")),
)
PERSON = {
    "name": "Sample Clinician",
    "slug": "nobody",
    "credentials": "PT, DPT",
    "licence_type": "Physical therapist, New Jersey",
    "licence_number": "SAMPLE",
    "degree": "Doctor of Physical Therapy",
}
RATINGS = (
    RatingView(_("Helps some people"), (True, True, False), is_against=False),
    RatingView(_("Little is known"), (False, False, False), is_against=False),
    RatingView(_("Not recommended"), (False, False, False), is_against=True),
)
TEXT = mark_safe("<p>Words that a patient reads, with a source. <sup><a href='#s1'>1</a></sup></p>")


def _section(**changes):
    plain = {
        "id": "sample",
        "key": "sample",
        "layout": "text",
        "heading": _("A heading"),
        "body": TEXT,
        "unlikely_if": "",
        "do": (),
        "dont": (),
        "dots": None,
        "number_text": "",
        "number_note": "",
        "drawing": "",
        "caption": "",
    }
    return SectionView(**plain | changes)


PAGE = SimpleNamespace(
    kind="condition",
    same_day=SIGNS,
    soon=SIGNS[:1],
    has_help_section=True,
    has_care_section=True,
    sections=(_section(), _section(id="sample-2", heading=_("A second heading"))),
    sources=({"number": 1, "url": "https://journal.example/", "citation": "A sample study", "year": "2019"},),
    rated_treatments=tuple(
        {"name": str(rating.label), "url": "", "rating": rating, "text": TEXT} for rating in RATINGS
    ),
    review=Review(PERSON, PERSON, DAY, DAY),
    letters=(("D", "letter-d", ({"id": "disc", "name": "disc", "meaning": TEXT, "also": "discs"},)),),
    movements=(
        {
            "name": _("A movement"),
            "drawing": "bridge",
            "drawing_template": "content/drawings/bridge.html",
            "leave_out_if": _("it hurts"),
            "why": _("It loads the back."),
            "swap_for": _("a shorter one"),
            "fine_again": _("when it no longer hurts"),
        },
    ),
)
REVIEWED = {"page": PAGE, "profiles": set(), "is_overdue": False, "published_on": DAY, "updated_on": DAY}
CARE = [
    Example(
        _("Emergency, with signs"),
        "content/_emergency_card.html",
        {"card": EmergencyCard((("", SIGNS),), FlagArea.BELOW_WAIST), "as_page": False},
    ),
    Example(
        _("Emergency, no signs known"),
        "content/_emergency_card.html",
        {"card": EmergencyCard((("", ()),), ""), "as_page": False},
    ),
    Example(_("Emergency, in a crisis"), "content/_crisis_card.html"),
    Example(
        _("A doctor today, and in the next days"),
        "content/_care.html",
        {"page": PAGE, "section": _section(), "slug": "sample"},
    ),
    Example(_("A doctor today, by area"), "content/_care_same_day.html", {"groups": [(_("Below the waist"), SIGNS)]}),
]
_KEPT = {
    "text": _("Tuesday, November 24, 9 am"),
    "until": _("10:10 am"),
    "wanted": SimpleNamespace(
        practitioner=SimpleNamespace(name=PERSON["name"]), location=SimpleNamespace(name=_("Sample place"))
    ),
}
ALERTS = [
    Example(_("A press that changed nothing"), "gallery/problem.html"),
    Example(
        _("A time is held"),
        "booking/_kept_time.html",
        {"kept_time": _KEPT | {"is_held": True, "is_taken": False}, "onward": "#"},
    ),
    Example(
        _("A time was taken by somebody else"),
        "booking/_kept_time.html",
        {"kept_time": _KEPT | {"is_held": False, "is_taken": True}, "onward": "#"},
    ),
    Example(_("Read the signs first"), "content/_strip.html"),
]
_PLACE = SimpleNamespace(name=_("Sample place"), street="1 Sample Street", locality="Sampleton")
_VISIT = SimpleNamespace(pk=0, practitioner=SimpleNamespace(name=PERSON["name"]), location=_PLACE)
_ASKED = SimpleNamespace(reference="R-SAMPLE", version=0)
_WAITS = {
    "entry": SimpleNamespace(pk=0, version=0),
    "first_day": "Monday, November 23",
    "last_day": "Friday, December 4",
}
_FREE = {"start": "9 am on Tuesday, November 24", "until": "4 pm on Monday, November 23"}
_TWO_TIMES = [{"row": _VISIT, "start": f"{hour} am on Tuesday, November 24"} for hour in (9, 10)]
BY_LINK = [
    *(
        Example(
            name,
            "gallery/by_link.html",
            {"part": "booking/_offer.html", "token": "sample", "asked": _ASKED, "offer": offer},
        )
        for name, offer in (
            (_("Two times are offered"), {"times": _TWO_TIMES, "until": _FREE["until"], "is_over": False}),
            (_("One time is offered"), {"times": _TWO_TIMES[:1], "until": _FREE["until"], "is_over": False}),
            (_("The offer is over"), {"times": [], "until": "", "is_over": True}),
        )
    ),
    *(
        Example(name, "gallery/by_link.html", {"part": f"booking/{template}.html", "token": "sample", "wait": wait})
        for name, template, wait in (
            (_("May join the wait list"), "_wait", {"entry": None, "may_join": True}),
            (_("Waits for an earlier time"), "_wait", _WAITS),
            (
                _("An earlier time has come free"),
                "_wait_offer",
                _WAITS | _FREE | {"offer": SimpleNamespace(pk=0, version=0, visit=_VISIT)},
            ),
            (_("The earlier time is gone"), "_wait_offer", _WAITS | {"gone": _FREE["start"]}),
        )
    ),
]
CHIPS = [
    *(Example(rating.label, "gallery/rating.html", {"rating": rating}) for rating in RATINGS),
    Example(_("Steps of a request"), "gallery/steps.html", {"steps": progress(RequestKind.VISIT, "time")}),
]
TIMES = [
    Example(
        _("A day that is open, with one time held, and a day without"),
        "gallery/times.html",
        {
            "choices": [
                {"key": str(hour), "clock": f"{hour} am", "name": f"Tuesday, {hour} am", "is_kept": hour == 10}
                for hour in (9, 10, 11)
            ],
            "visit": SimpleNamespace(booked_at_once=False),
        },
    )
]
ARTICLE = [
    Example(_("On this page"), "content/_toc.html", {"page": PAGE}),
    Example(
        _("Text"), "content/_section.html", {"section": _section(unlikely_if=_("it comes and goes")), "page": PAGE}
    ),
    Example(
        _("Do and do not"),
        "content/_do_dont.html",
        {"section": _section(do=(_("walk a little"),), dont=(_("stay in bed"),))},
    ),
    Example(
        _("A number"),
        "content/_numbers.html",
        {"section": _section(dots=DOTS, number_text=_("feel better"), number_note=_("A sample, of no study."))},
    ),
    Example(_("Ratings"), "content/_rated.html", {"page": PAGE}),
    Example(_("A movement"), "content/_movements.html", {"page": PAGE}),
    Example(
        _("Sources and who checked it"),
        "content/_sources.html",
        REVIEWED | {"glossary_url": "", "changes": [{"day": DAY, "why": "", "number": 1}]},
    ),
    Example(_("Read next"), "content/_related.html", {"related": [{"url": "#", "title": _("A page"), "tagline": ""}]}),
    Example(_("Was this page helpful?"), "content/_helpful.html", {"page": PAGE, "slug": "sample"}),
]
FRAME = [
    Example(_("Header"), "_components/header.html"),
    Example(_("The way here"), "clinic/_crumb.html", {"here": _("Gallery")}),
    Example(_("The back on the home page"), "_components/back_drawing.html", {"places": ()}),
    Example(_("The bar on a phone"), "_components/call_bar.html"),
    Example(_("Footer"), "_components/footer.html"),
]
