"""What the columns of a page and their choices are called when people read about changes."""

from django.utils.translation import gettext_lazy as _

from content.anatomy import Drawing, Rating, Still
from content.states import FlagArea, FlagGroup, Region, TreatmentCategory

LABELS = {
    "title": _("Title"),
    "slug": _("Address on the site"),
    "medical_name": _("Medical name"),
    "tagline": _("One line for lists"),
    "summary": _("Opening lines"),
    "search_description": _("Description for search engines"),
    "search_words": _("Other words people type"),
    "order": _("Place in lists"),
    "flags": _("Warning signs shown on this page"),
    "no_emergency_card": _("Needs no emergency card"),
    "author": _("Written by"),
    "reviewer": _("Checked by"),
    "last_reviewed": _("Last checked on"),
    "next_review": _("Next check due"),
    "related": _("Read next"),
    # of one kind of page only
    "region": _("Where it hurts"),
    "also_region": _("It also hurts"),
    "also_called": _("Also called"),
    "category": _("Sort of treatment"),
    "rating": _("How sure we are"),
    "is_offered": _("We offer it"),
    "good_for": _("For"),
    "feels_like": _("What it feels like"),
    "visits": _("How long, how many visits"),
    "done_by": _("Who does it"),
    "cost_note": _("Cost"),
    "key_points": _("In short"),
    "series": _("Series"),
    "is_model_text": _("Model text"),
    # of sections
    "heading": _("Heading"),
    "body": _("Text"),
    "unlikely_if": _("You probably do not have it if"),
    "do": _("Do"),
    "dont": _("Do not"),
    "number": _("Number"),
    "number_text": _("What happened to them"),
    "number_note": _("Who they were, and the source"),
    "drawing": _("Drawing"),
    "image": _("Picture"),
    "caption": _("What the drawing or picture shows"),
    # of rows
    "citation": _("Author, title, publisher"),
    "year": _("Year"),
    "url": _("Link"),
    "treatment_id": _("Page to link to"),
    "name": _("Name"),
    "text": _("Text"),
    "also": _("Other forms"),
    "meaning": _("What it means"),
    "leave_out_if": _("Leave it out for now if"),
    "why": _("Why"),
    "swap_for": _("Swap it for"),
    "fine_again": _("When it is fine again"),
    # of warning signs
    "group": _("What to do"),
    "area": _("Area"),
    "in_check": _("Asked before a request"),
}
CHOICES = {
    "region": dict(Region.choices),
    "also_region": dict(Region.choices),
    "category": dict(TreatmentCategory.choices),
    "rating": dict(Rating.choices),
    "drawing": dict([*Drawing.choices, *Still.choices]),
    "group": dict(FlagGroup.choices),
    "area": dict(FlagArea.choices),
}


def label(name):
    """The words for a column; the column's own name for one that is not listed here."""
    return str(LABELS.get(name, name))


def choice(name, value):
    """The words for a stored choice; the value itself when it is none."""
    return str(CHOICES[name].get(value, value))
