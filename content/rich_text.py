"""Rich text: one definition for the editor and for the sanitiser that stands behind every door."""

import re

import nh3
from django_prose_editor.config import allowlist_from_extensions, expand_extensions
from django_prose_editor.fields import ProseEditorField

from content.editing.paste import cleaned
from content.wording import is_blank, plain

SCHEMES = ("https", "http", "mailto", "tel")
EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "HardBreak": True,
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Link": {"enableTarget": False, "protocols": list(SCHEMES)},
    "Heading": {"levels": [3, 4]},
}
MAX_LENGTH = 40_000

LINK = re.compile(rf"(?:(?:{'|'.join(SCHEMES)}):|/(?![/\\]))[^\s\\]*\Z", re.IGNORECASE)
LINK_TO_NOWHERE = re.compile(r"<a>(.*?)</a>", re.DOTALL)
BLOCK = re.compile(r"<(?:p|ul|ol|h3|h4)\b")


def _attribute(tag, name, value):
    if (tag, name) == ("a", "href"):
        return value if LINK.match(value) else None
    return value if (tag, name) == ("ol", "start") and value.isascii() and value.isdigit() else None


_ALLOWED = allowlist_from_extensions(expand_extensions(EXTENSIONS))
_CLEANER = nh3.Cleaner(
    **_ALLOWED
    | {
        # The editor reads b and i as its own strong and em.
        "tags": _ALLOWED["tags"] | {"b", "i"},
        "attributes": {"a": {"href"}, "ol": {"start"}},
        "attribute_filter": _attribute,
    }
)


def sanitise(html):
    """HTML of the editor's own kind: its tags, links to https, http, mailto, tel and paths of this site, nothing else.

    What comes from Word, Google Docs and their like is read as its author saw it (content/editing/paste.py).
    Text without a tag (typed without the editor's script) becomes paragraphs; what shows nothing becomes "".
    Sanitising twice changes nothing.
    """
    # nh3 takes no lone surrogates, PostgreSQL no NUL.
    html = _clean(html.encode("utf-8", "replace").decode().replace("\0", ""))
    if is_blank(plain(html)):
        return ""
    if not BLOCK.search(html):
        html = _clean("".join(f"<p>{part.strip()}</p>" for part in re.split(r"\r?\n\s*\n", html) if part.strip()))
    return html


def _clean(html):
    # A link whose address was taken away is no link: its words stay.
    return LINK_TO_NOWHERE.sub(r"\1", _CLEANER.clean(cleaned(html, LINK.match)).strip())


class RichTextField(ProseEditorField):
    """HTML that is sanitised whenever it is written: by a form, full_clean(), save(), bulk_create() or update()."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": MAX_LENGTH} | kwargs, extensions=dict(EXTENSIONS), sanitize=sanitise)

    def pre_save(self, model_instance, add):
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return sanitise(value) if isinstance(value, str) else value
