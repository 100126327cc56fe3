"""What each kind of page is made of: named sections in their order. Data only, no database.

Order on a condition page is the order a worried reader needs: is it this, what can I do now, who do I see, then why.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class PageKind(models.TextChoices):
    CONDITION = "condition", _("condition")
    TREATMENT = "treatment", _("treatment")
    ARTICLE = "article", _("article")
    INFO = "info", _("practical information")
    GLOSSARY = "glossary", _("glossary")


class Layout(models.TextChoices):
    """How a section is drawn; it decides which of a section's columns are used."""

    PROSE = "prose"  # body
    SYMPTOMS = "symptoms"  # body, unlikely_if
    DO_DONT = "do_dont"  # body, do, dont
    CARE = "care"  # body (bullets of the routine card); the same-day card comes from the safety library
    NUMBERS = "numbers"  # body, number (of 100), number_text, number_note
    RATED = "rated"  # body, then the page's rated treatments
    MOVEMENTS = "movements"  # body, then the page's movements
    TERMS = "terms"  # body, then the page's terms in the order of the alphabet


@dataclass(frozen=True)
class SectionKind:
    key: str
    heading: str
    layout: Layout = Layout.PROSE
    required: bool = False
    repeats: bool = False  # free headings, as many as needed


SECTIONS = {
    PageKind.CONDITION: (
        SectionKind("symptoms", _("Is it this?"), Layout.SYMPTOMS, required=True),
        SectionKind("anatomy", _("Where it comes from")),
        SectionKind("self_care", _("What you can do"), Layout.DO_DONT, required=True),
        SectionKind("see_someone", _("When to see someone"), Layout.CARE, required=True),
        SectionKind("expect", _("What to expect"), Layout.NUMBERS, required=True),
        SectionKind("diagnosis", _("How we find out")),
        SectionKind("scan", _("Do you need a scan?")),
        SectionKind("treatments", _("Treatments, and how sure we are"), Layout.RATED, required=True),
        SectionKind("causes", _("Causes and what raises the risk")),
        SectionKind("prevention", _("Keeping it from coming back")),
        SectionKind("help_here", _("How we can help")),
    ),
    PageKind.TREATMENT: (
        SectionKind("session", _("What happens in a session"), required=True),
        SectionKind("evidence", _("What the evidence says"), Layout.NUMBERS, required=True),
        SectionKind("risks", _("Risks and common side effects"), required=True),
        SectionKind("contraindications", _("Do not have it, or tell us first, if"), required=True),
        SectionKind("before_after", _("Before and after the visit")),
        SectionKind("at_home", _("What you do at home"), Layout.DO_DONT),
        SectionKind("alternatives", _("Other choices, and doing nothing")),
        SectionKind("questions", _("Questions to ask")),
        SectionKind("see_someone", _("When to see someone"), Layout.CARE),
    ),
    PageKind.ARTICLE: (
        SectionKind("question", "", repeats=True),
        SectionKind("movements", _("Movements to leave out for now"), Layout.MOVEMENTS),
        SectionKind("self_care", _("Do and do not"), Layout.DO_DONT),
        SectionKind("see_someone", _("When to see someone"), Layout.CARE),
    ),
    PageKind.INFO: (SectionKind("topic", "", repeats=True),),
    PageKind.GLOSSARY: (SectionKind("terms", _("Words and what they mean"), Layout.TERMS, required=True),),
}


# Pages that never go without an emergency card (medical-facts.md): the tick “needs none” is refused for them.
ALWAYS_WITH_CARD = frozenset({PageKind.CONDITION, PageKind.TREATMENT})


class Drawing(models.TextChoices):
    """Drawings that exist as templates/content/drawings/<name>.html."""

    SCIATIC_NERVE = "sciatic_nerve", _("The sciatic nerve, from behind")
    SPINE_REGIONS = "spine_regions", _("The parts of the spine, from the side")
    NECK_NERVE = "neck_nerve", _("A nerve from the neck into the arm")
    DISC_HERNIATION = "disc_herniation", _("A herniated disc, from above")
    STENOSIS = "stenosis", _("A wide and a narrow spinal canal, from above")


class Still(models.TextChoices):
    """Movements drawn by deploy/poses.py like a Drawing. Each was named from its picture alone."""

    BIRD_DOG = "bird_dog", _("Bird dog: opposite arm and leg, on hands and knees")
    BOTH_LEGS_UP = "both_legs_up", _("Raising both legs, lying")
    BRIDGE = "bridge", _("Bridge: raising the hips, lying")
    CAT_CAMEL = "cat_camel", _("Cat and camel: round and hollow back, on hands and knees")
    CURL_UP = "curl_up", _("Small curl-up, one knee bent")
    DEAD_BUG = "dead_bug", _("Dead bug: opposite arm and leg, lying")
    DEADLIFT = "deadlift", _("Lifting a bar from the floor")
    HAMSTRING_STRETCH = "hamstring_stretch", _("Hamstring stretch with a strap, lying")
    OVERHEAD_PRESS = "overhead_press", _("Pressing a weight overhead")
    SIT_UP = "sit_up", _("Full sit-up")
    TOE_TOUCH = "toe_touch", _("Bending down to the toes, standing")
    WALL_SIT = "wall_sit", _("Sitting against a wall")


DRAWINGS = frozenset({*Drawing.values, *Still.values})

USUAL_HEADINGS = {kind.key: kind.heading for kinds in SECTIONS.values() for kind in kinds if kind.heading}


def section_kind(page_kind, key):
    """The SectionKind of `key` on that kind of page. KeyError when that kind of page has no such section."""
    return {kind.key: kind for kind in SECTIONS[PageKind(page_kind)]}[key]


class Rating(models.TextChoices):
    """How sure we are that a treatment helps, in the words patients read. `filled` says how many of three blocks."""

    HELPS_SOME = "helps_some", _("Helps some people")
    SMALL_SHORT = "small_short", _("Small, short-term relief")
    FASTER_FOR_SOME = "faster_for_some", _("Faster relief for some")
    EXPERTS_DISAGREE = "experts_disagree", _("Experts disagree")
    UNCLEAR = "unclear", _("Unclear")
    NOT_RECOMMENDED = "not_recommended", _("Not recommended")

    @property
    def filled(self):
        return {Rating.HELPS_SOME: 2, Rating.UNCLEAR: 0, Rating.NOT_RECOMMENDED: 0}.get(self, 1)
