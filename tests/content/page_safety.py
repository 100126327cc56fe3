"""What no public page may ever show, as rules over its HTML. Each takes the parsed page and returns its complaints."""

import re
from pathlib import Path

from content.wording import has_number, has_phone
from tests.content.reading import Soup, by_class, links

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
# Any one sign is enough: no list of signs is a list of conditions, and nobody counts them.
ALL_OF = re.compile(r"\ball (?:of )?(?:the following|these|the signs|the symptoms)\b", re.IGNORECASE)
SCORE = re.compile(r"\ball of (?:them|it)\b|\bat least (?:two|three|\d)\b|\b(?:two|three|\d) or more\b", re.IGNORECASE)
# What a page is about that never goes without its card (medical-facts.md): spine, exercise, hands-on, after surgery.
OF_THE_SPINE = re.compile(
    r"spin(?:e|al)|back|neck|disc|nerve|sciatica|pain|exercis|stretch|strength|manual|massage|surg|operat",
    re.IGNORECASE,
)
MEDICAL_KINDS = ("/conditions/", "/treatments/")
SPOKEN = ("aria-label", "alt", "title", "content", "placeholder")
CONTAINERS = {"div", "main", "article"}
PRESSED = {"button", "input", "select", "textarea", "summary", "details", "area", "form"}


def all_of(root):
    """“All of the following” anywhere; a score in a care card."""
    found = ALL_OF.findall(Soup.text(root))
    for card in by_class(root, "care"):
        found += SCORE.findall(Soup.text(card))
    return found


def typed_number(root, number):
    """Places where `number` is shown or dialed. Render the page while the setting holds another number."""
    texts = [Soup.text(root)]
    for element in root.iter():
        texts += [element.attrib[name] for name in SPOKEN if name in element.attrib]
        if element.tag == "input" and element.attrib.get("type") != "hidden":
            texts.append(element.attrib.get("value", ""))
        if element.tag == "a" and element.attrib.get("href", "").startswith(("tel:", "sms:")):
            texts.append(element.attrib["href"])
    return [text[:80] for text in texts if has_number(text, number)]


def missing_card(root, path):
    """A page about the spine without an emergency card, or with it below any other care card."""
    levels = [
        next(level for level in ("em", "urgent", "routine") if f"care--{level}" in card.attrib["class"].split())
        for card in by_class(root, "care")
    ]
    if levels and levels[0] == "em":
        return []
    is_medical = path.startswith(MEDICAL_KINDS) and path not in MEDICAL_KINDS
    title = " ".join(Soup.text(heading) for heading in root.iter("h1"))
    is_reading = path.startswith("/articles/") and path != "/articles/" and OF_THE_SPINE.search(f"{path} {title}")
    return [f"no emergency card first: {path}"] if is_medical or is_reading or by_class(root, "move") else []


def clinic_by_the_card(root, *, phone, emergency_number):
    """The clinic's phone (national digits) or a way to the clinic in, beside or over an emergency card.

    Beside: the same section, the sibling before or after it, or where it has none, what stands there on the page; and
    whatever is fixed or sticky, unless its container begins after the part that follows the card.
    """
    up = {child: parent for parent in root.iter() for child in parent}
    found = []
    for card in by_class(root, "care--em"):
        if links(card) != [f"tel:{emergency_number}"]:
            found.append(f"links in the card: {links(card)}")
        found += [f"to press in the card: {element.tag}" for element in card.iter() if element.tag in PRESSED]
        if has_phone(Soup.text(card), phone):
            found.append("the clinic's phone in the card")
        beside = [_next_to(card, up, step) for step in (-1, 1)]
        section = _section_around(card, up)
        for element in [*beside, section]:
            if element is not None and _is_way_to_clinic(element, phone, card):
                found.append(f"the clinic beside the card: {Soup.text(element)[:60]}")
        after = beside[1]
        for bar in _floating(root):
            container = up[bar]
            stands_over = card in container.iter() or (after is not None and after in container.iter())
            if stands_over and _is_way_to_clinic(bar, phone, card):
                found.append("a floating way to the clinic can stand over the card")
        for call in by_class(root, "call"):
            if "wide" not in call.attrib["class"].split():
                found.append("the clinic's phone in a phone's header")
    return found


def floating_classes():
    """Classes that any public style sheet makes fixed or sticky."""
    sheets = [path.read_text() for path in CSS.glob("*.css") if path.stem not in ("admin", "desk")]
    rules = re.findall(r"([^{}]+)\{[^{}]*position:\s*(?:fixed|sticky)", "".join(sheets))
    return {name for selectors in rules for name in re.findall(r"\.([\w-]+)", selectors)}


def _floating(root):
    names = floating_classes()
    return [element for element in root.iter() if names & set(element.attrib.get("class", "").split())]


def _is_way_to_clinic(element, phone, card):
    own = set(links(card)) if card in element.iter() else set()
    ways = [href for href in links(element) if href.startswith(("tel:", "/appointments/", "/contact/"))]
    return bool(has_phone(Soup.text(element), phone) or set(ways) - own)


def _section_around(card, up):
    element = up[card]
    while element in up and element.tag != "section":
        element = up[element]
    return element if element.tag == "section" else None


def _next_to(element, up, step):
    """What stands right before (-1) or after (1) an element on the page; None at the page's edge."""
    while element in up:
        siblings = list(up[element])
        place = siblings.index(element) + step
        if 0 <= place < len(siblings):
            found = siblings[place]
            while found.tag in CONTAINERS and len(found):
                found = found[0 if step > 0 else -1]
            return found
        element = up[element]
        if element.tag == "main":
            return None
    return None
