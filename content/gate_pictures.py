"""The publish gate for pictures of sections: pure rules over the values of content/drafts.py. content/gate.py asks."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.validators import validate_alt
from content.errors import Problem
from content.wording import has_typed, is_blank

# Screen readers read longer words in one breath, without a way to stop in the middle.
LONGEST_ALT = 125  # characters
SAYS_PICTURE = re.compile(
    r"(an?\s+|the\s+)?(photo(graph)?|picture|image|drawing|graphic)\s+(of|showing)\b", re.IGNORECASE
)


def words_of(section):
    """What stands for the section's picture where it cannot be seen: "" for decoration and without a picture.

    Words typed in the section come before those of the library, and make a decoration say something.
    """
    image = section.get("image")
    if image is None:
        return ""
    return section.get("image_alt") or ("" if image["is_decorative"] else image["alt"])


def picture_problems(data, facts):
    """Every reason why the pictures of this draft may not be published, in the order of the form.

    `facts` are content.gate.Facts.
    """
    for index, section in enumerate(data["sections"]):
        if section.get("image") is not None:
            yield from _problems(f"sections-{index}", section, facts)


def picture_advice(data):
    """What could be better about the pictures of this draft, as Problems that do not block publishing."""
    for index, section in enumerate(data["sections"]):
        words = words_of(section)
        if len(words) > LONGEST_ALT:
            yield Problem(
                f"sections-{index}-image_alt",
                _("The picture's words have %(count)s characters. Aim for 125 or fewer.") % {"count": len(words)},
            )
        if SAYS_PICTURE.match(words):
            yield Problem(
                f"sections-{index}-image_alt",
                _("Leave out “picture of”: screen readers say by themselves that it is one."),
            )


def _problems(row, section, facts):
    image, words = section["image"], words_of(section)
    if section["drawing"]:
        yield Problem(f"{row}-drawing", _("A section has a drawing or a picture, not both. Take one of them away."))
    if image.get("is_in_trash"):
        yield Problem(f"{row}-image", _("This picture is in the trash. Choose another one, or take it back."))
    if is_blank(words) and not image["is_decorative"]:
        yield Problem(f"{row}-image_alt", _("Say what the picture shows, or mark it as decoration in the library."))
    elif words and is_file_name(words):
        yield Problem(
            f"{row}-image_alt", _("The picture's words are the name of a file. Say in a few words what it shows.")
        )
    if words and is_blank(section["caption"]):
        yield Problem(f"{row}-caption", _("Say what to conclude from the picture."))
    if image["is_decorative"] and not words and not is_blank(section["caption"]):
        yield Problem(
            f"{row}-caption",
            _("Decoration has no caption. Take the caption away, or say in the section what the picture shows."),
        )
    if words and words.strip().casefold() == section["caption"].strip().casefold():
        yield Problem(
            f"{row}-caption",
            _("The caption repeats the picture's words, so screen readers read them twice. Change one of them."),
        )
    if has_typed(" ".join((words, image["credit"])), facts.emergency_number, facts.clinic_phone):
        yield Problem(f"{row}-image_alt", _("Take the phone number out of the picture's words or credit."))


def is_file_name(words):
    try:
        validate_alt(words)
    except ValidationError as error:
        return error.code == "file_name"
    return False
