"""Languages that a clinic, its people and its patients may speak, as BCP 47 tags."""

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
