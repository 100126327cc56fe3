"""Languages that a clinic, its people and its patients may speak, as BCP 47 tags."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# English, and the fifteen languages that New Jersey's residents with limited English speak most.
LANGUAGES = [
    ("en", _("English")),
    ("es", _("Spanish")),
    ("zh", _("Chinese")),
    ("ko", _("Korean")),
    ("pt", _("Portuguese")),
    ("gu", _("Gujarati")),
    ("ar", _("Arabic")),
    ("pl", _("Polish")),
    ("ht", _("Haitian Creole")),
    ("ru", _("Russian")),
    ("hi", _("Hindi")),
    ("tl", _("Tagalog")),
    ("it", _("Italian")),
    ("vi", _("Vietnamese")),
    ("ur", _("Urdu")),
    ("fr", _("French")),
    ("ase", _("American Sign Language")),
]


def language_names(tags):
    """Names in the active language, in the order of LANGUAGES, whatever the order of the tags."""
    return [name for tag, name in LANGUAGES if tag in tags]


def validate_languages(tags):
    """Raises ValidationError unless `tags` is a list of tags from LANGUAGES, each once."""
    known = {tag for tag, _name in LANGUAGES}
    if not isinstance(tags, list) or len(set(map(str, tags))) != len(tags) or not known.issuperset(map(str, tags)):
        raise ValidationError(_("Choose languages from the list."), code="languages")
