"""A published version, the live warning signs and the clinic's facts, as values that templates only have to place.

Safe by construction: plain text is escaped first, rich text sanitised again, and only then do citations and tokens
become markup, in `_decorate`, the one place of this app that calls text safe.
"""

import datetime
import math
import re
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from content.anatomy import DRAWINGS, Layout, PageKind, Rating, Still, section_kind
from content.glossary import Marker, alphabet, terms_of
from content.rich_text import sanitise
from content.section_pictures import PictureView, picture_view
from content.states import FlagArea, FlagGroup, Region
from content.wording import CITATION, EMERGENCY_TOKEN, PHONE_TOKEN, TAG, lines, plain, without_do_not

# Editors type “back. [4]”; the small number belongs right after the word.
SPACED_CITATION = re.compile(r"\s*" + CITATION.pattern)
WORDS_A_MINUTE = 200  # careful readers of health texts
# Ids that the page's own frame uses; a section with such a heading gets a number.
TAKEN_IDS = (
    *("main", "em", "toc", "see", "glance", "short", "help", "series", "series-title", "related", "sources"),
    *("share", "page-address", "page-copied", "helpful"),
)

# What a worried reader of such a page looks for first.
FIRST_AREA = {Region.NECK: FlagArea.NECK_HEAD_ARMS, Region.AFTER_SURGERY: FlagArea.AFTER_SURGERY}


@dataclass(frozen=True)
class ClinicFacts:
    """What texts say about the clinic. `phone_href` is the tel: address of `phone`, the number as people write it.

    Both are empty while the clinic has no number.
    """

    emergency_number: str
    phone: str
    phone_href: str
    is_sample: bool


def clinic_facts(clinic):
    """The ClinicFacts of a Clinic; of the nameless one before anybody entered it, without a phone."""
    phone = clinic.phone
    return ClinicFacts(
        emergency_number=clinic.emergency_number,
        phone=phone.as_national if phone else "",
        phone_href=phone.as_rfc3966 if phone else "",
        is_sample=clinic.is_sample,
    )


@dataclass(frozen=True)
class RatingView:
    """A rating in words and as blocks: `blocks` says for each of three whether it is filled."""

    label: str
    blocks: tuple[bool, ...]
    is_against: bool


@dataclass(frozen=True)
class Dots:
    """100 dots in ten rows, `filled` of them full: two SVG paths over a grid of 20 by 20 units a dot."""

    filled: int
    filled_path: str
    open_path: str

    @property
    def open(self):
        return 100 - self.filled


@dataclass(frozen=True)
class SectionView:
    id: str
    key: str
    layout: str
    heading: str
    body: SafeString
    unlikely_if: SafeString
    do: tuple[SafeString, ...]
    dont: tuple[SafeString, ...]
    dots: Dots | None
    number_text: SafeString
    number_note: SafeString
    drawing: str
    caption: SafeString
    picture: PictureView | None = None

    @property
    def drawing_template(self):
        return drawing_template(self.drawing)

    @property
    def shows_still(self):
        """Whether the drawing explains itself, without a numbered list beside it."""
        return self.drawing in Still.values


@dataclass(frozen=True)
class Review:
    """Who stands for the text. `reviewer` and both dates are None unless the page may claim a review."""

    author: dict | None
    reviewer: dict | None
    last_reviewed: datetime.date | None
    next_review: datetime.date | None


@dataclass(frozen=True)
class EmergencyCard:
    """Signs under the headings of their areas; a single pair with an empty heading when they are not grouped.

    `fear` names what to say on the phone that one is afraid of: an area of content.states.FlagArea, or "".
    """

    groups: tuple[tuple[str, tuple], ...]
    fear: str

    @property
    def has_signs(self):
        return any(signs for _heading, signs in self.groups)


@dataclass(frozen=True)
class PageView:
    kind: str
    title: str
    medical_name: str
    lead: tuple[SafeString, ...]
    description: str
    card: EmergencyCard | None
    same_day: tuple
    soon: tuple
    sections: tuple[SectionView, ...]
    rated_treatments: tuple[dict, ...]
    movements: tuple[dict, ...]
    sources: tuple[dict, ...]
    review: Review
    own: dict = field(default_factory=dict)
    key_points: tuple[SafeString, ...] = ()
    rating: RatingView | None = None
    minutes: int = 1
    letters: tuple[tuple[str, str, tuple[dict, ...]], ...] = ()

    @property
    def has_care_section(self):
        return any(section.layout == Layout.CARE for section in self.sections)

    @property
    def has_help_section(self):
        return any(section.key == "help_here" for section in self.sections)


def page_view(data, *, library, facts, urls=None, terms=()):
    """The PageView of PageVersion.data. Unknown keys, ratings and drawings are left out, never an error.

    `urls` are the addresses of live pages by id; a rated treatment links to its own page when that is live. `terms` are
    those of the live glossary: their first uses open in place.
    """
    urls = urls or {}
    own = data["own"]
    marker = Marker(
        () if data["kind"] == PageKind.GLOSSARY else terms,
        own_names=(data["title"], data["medical_name"]),
        meaning_html=lambda term: inline(term.meaning, facts),
    )
    return PageView(
        kind=data["kind"],
        title=data["title"],
        medical_name=data["medical_name"],
        lead=tuple(inline(line, facts) for line in lines(data["summary"])),
        description=data["search_description"],
        card=None
        if data["no_emergency_card"]
        else emergency_card(library.pick(data["flags"], FlagGroup.EMERGENCY), first=FIRST_AREA.get(own.get("region"))),
        same_day=library.pick(data["flags"], FlagGroup.SAME_DAY),
        soon=library.pick(data["flags"], FlagGroup.SOON),
        sections=tuple(_sections(data, facts, marker)),
        rated_treatments=tuple(
            {
                "name": rated["name"],
                "url": urls.get(rated["treatment_id"], ""),
                "rating": rating_view(rated["rating"]),
                "text": rich(rated["text"], facts),
            }
            for rated in data["rated_treatments"]
        ),
        movements=tuple(_movement(movement, facts) for movement in data["movements"]),
        sources=tuple(data["sources"]),
        review=_review(data, facts),
        own=own,
        key_points=tuple(inline(line, facts) for line in lines(own.get("key_points", ""))),
        rating=rating_view(own.get("rating", "")),
        minutes=_minutes(data),
        letters=tuple(_letters(data, facts)),
    )


def emergency_card(flags, *, by_area=True, first=None):
    """The card for these signs: by area, the `first` one on top, or in the order in which they are given."""
    areas = {flag.area for flag in flags}
    if first == FlagArea.NECK_HEAD_ARMS and first in areas:
        fear = first
    else:
        fear = FlagArea.BELOW_WAIST if FlagArea.BELOW_WAIST in areas else ""
    groups = flags_by_area(flags, first=first) if by_area and len(areas) > 1 else (("", tuple(flags)),)
    return EmergencyCard(groups, str(fear))


def flags_by_area(flags, *, first=None):
    """(heading, flags) pairs in the order of FlagArea, but the `first` one on top; areas without a flag left out."""
    areas = sorted(FlagArea, key=lambda area: area != first)
    groups = [(area.label, tuple(flag for flag in flags if flag.area == area)) for area in areas]
    return tuple(group for group in groups if group[1])


def drawing_template(name):
    """The template of one of content.anatomy.DRAWINGS."""
    return f"content/drawings/{name}.html"


def rating_view(value):
    """How sure we are, in words and blocks; None for a value that is no Rating."""
    if value not in Rating.values:
        return None
    rating = Rating(value)
    blocks = tuple(position < rating.filled for position in range(3))
    return RatingView(str(rating.label), blocks, rating is Rating.NOT_RECOMMENDED)


def inline(text, facts):
    """Plain text as safe HTML, its citations as links to the list of sources and its tokens replaced."""
    return _decorate(escape(text), facts)


def rich(html, facts, marker=None):
    """Rich text as safe HTML, citations and tokens replaced between the tags only, terms marked by the `marker`."""
    return _decorate(sanitise(html), facts, marker)


def _decorate(html, facts, marker=None):
    """`html` is escaped or sanitised by the two callers above."""
    parts = []
    in_link = False
    position = 0
    for tag in TAG.finditer(html):
        parts += [_decorate_text(html[position : tag.start()], facts, in_link), tag.group()]
        if tag.group().startswith(("<a>", "<a ", "</a")):
            in_link = not tag.group().startswith("</")
        position = tag.end()
    parts.append(_decorate_text(html[position:], facts, in_link))
    decorated = "".join(parts)
    return mark_safe(marker.mark(decorated) if marker else decorated)  # noqa: S308


def _decorate_text(html, facts, in_link):
    phone = escape(facts.phone)
    if not in_link:
        html = SPACED_CITATION.sub(_citation, html)
    if phone and not in_link:
        # As in _components/phone.html: a link where the device can call, by CSS.
        phone = f'<a class="tel" href="{escape(facts.phone_href)}">{phone}</a><span class="tel-text">{phone}</span>'
    return html.replace(EMERGENCY_TOKEN, escape(facts.emergency_number)).replace(PHONE_TOKEN, phone)


def _citation(match):
    numbers = [int(number) for number in match.group(1).split(",")]
    return "".join(
        f'<sup><a href="#s{number}" aria-label="{escape(_("Source %(n)s") % {"n": number})}">{number}</a></sup>'
        for number in numbers
    )


def _sections(data, facts, marker):
    # S1 is a source's place in the page, and the top of the sacrum.
    places = (f"s{source['number']}" for source in data["sources"])
    ids = {*TAKEN_IDS, *places, *(term.id for term in marker.terms)}
    for section in data["sections"]:
        try:
            kind = section_kind(data["kind"], section["key"])
        except KeyError:
            continue
        heading = section["heading"] or str(kind.heading)
        unlikely_if = section["unlikely_if"].strip().rstrip(".")
        yield SectionView(
            id=_free_id(section["key"] if not kind.repeats else slugify(heading) or section["key"], ids),
            key=section["key"],
            layout=str(kind.layout),
            heading=heading,
            # Inside a care card nothing but what to do may be pressed.
            body=rich(section["body"], facts, None if kind.layout == Layout.CARE else marker),
            unlikely_if=inline(unlikely_if, facts),
            do=tuple(inline(line, facts) for line in lines(section["do"])),
            dont=tuple(inline(without_do_not(line), facts) for line in lines(section["dont"])),
            dots=_dots(section["number"]),
            number_text=inline(section["number_text"], facts),
            number_note=inline(section["number_note"], facts),
            drawing=section["drawing"] if section["drawing"] in DRAWINGS else "",
            caption=inline(section["caption"], facts),
            picture=picture_view(section),
        )


def _movement(movement, facts):
    view = {name: inline(text, facts) for name, text in movement.items() if name != "drawing"}
    if movement["drawing"] in Still.values:
        view |= {"drawing": movement["drawing"], "drawing_template": drawing_template(movement["drawing"])}
    return view


def _letters(data, facts):
    """(letter, its id in the page, its words) of a glossary page."""
    for letter, terms in alphabet(terms_of(data["terms"])):
        yield (
            letter,
            f"letter-{slugify(letter) or 'other'}",
            tuple(
                {"id": term.id, "name": term.name, "also": ", ".join(term.also), "meaning": inline(term.meaning, facts)}
                for term in terms
            ),
        )


def _free_id(wanted, ids):
    number, free = 1, wanted
    while free in ids:
        number += 1
        free = f"{wanted}-{number}"
    ids.add(free)
    return free


def _dots(number):
    if number is None or not 0 <= number <= 100:
        return None
    rows, rest = divmod(number, 10)
    top, left = rows * 20, rest * 20
    filled = f"M0 0h200v{top}H0z" + (f"M0 {top}h{left}v20H0z" if rest else "")
    unfilled = (f"M{left} {top}H200v20H{left}z" if rest else "") + f"M0 {top + (20 if rest else 0)}H200V200H0z"
    return Dots(number, filled, unfilled)


def _review(data, facts):
    # A made-up clinician checks nothing, whatever the rows say.
    may_claim = not facts.is_sample and data["reviewer"] and data["last_reviewed"]
    return Review(
        author=data["author"],
        reviewer=data["reviewer"] if may_claim else None,
        last_reviewed=_date(data["last_reviewed"]) if may_claim else None,
        next_review=_date(data["next_review"]) if may_claim else None,
    )


def _date(value):
    return datetime.date.fromisoformat(value) if value else None


def _minutes(data):
    texts = [section["body"] for section in data["sections"]] + [rated["text"] for rated in data["rated_treatments"]]
    words = sum(len(plain(text).split()) for text in texts)
    words += sum(
        len(text.split()) for movement in data["movements"] for name, text in movement.items() if name != "drawing"
    )
    return max(1, math.ceil(words / WORDS_A_MINUTE))
