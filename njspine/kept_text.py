"""What staff typed when their session was over: carried through the sign-in inside the pages themselves.

Nothing is stored on the server and nothing stands in an address or a cookie: the fields travel as hidden inputs, under
names that no sign-in form has, and are sent to where they belong only by a press after the password was right.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib import admin
from django.urls import Resolver404, resolve
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

FIELD, PATH, FILE = "kept-field-", "kept-path", "kept-file"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  the name of a field
# Signing in and out is never carried on, and no form with a password in it is ever repeated.
NEVER = {"login", "logout", "password_change"}
SECRET = "password"  # noqa: S105  what such fields have in their names
# Room for the name, the password and the frame of every field in the form that carries the rest.
FRAME_BYTES = 5_000
PRESSES = {
    "_publish": _("save and publish"),
    "_continue": _("save"),
    "_save": _("save"),
    "_addanother": _("save"),
    "_unpublish": _("take the page off the site"),
}


@dataclass(frozen=True)
class Kept:
    """A form that was sent to `path`: (name, value) of its fields, and the names of files, which cannot be kept."""

    path: str
    fields: tuple
    files: tuple = ()

    def hidden(self):
        """The form inside a sign-in form."""
        carried = [(PATH, self.path), *((FILE, name) for name in self.files)]
        return _inputs([*carried, *((FIELD + name, value) for name, value in self.fields)])

    def original(self):
        """The form as it was sent, without its token."""
        return _inputs(self.fields)

    def file_names(self):
        return [capfirst(name.replace("_", " ").replace("-", " ")) for name in self.files]

    def what(self):
        """What kind of record the form is about, in plain words; "" when the address says nothing about it."""
        name = resolve(urlsplit(self.path).path).url_name or ""
        for model in admin.site._registry:
            if name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
                return model._meta.verbose_name
        return _("front desk") if name.startswith("desk") else ""

    def press(self):
        """What the button did that was pressed, when it is one of those that every form has."""
        sent = dict(self.fields)
        return next((words for name, words in PRESSES.items() if name in sent), "")


def kept(request):
    """What this POST to the admin holds, or None when it must not or cannot be kept.

    Call it only for a request whose CSRF check has passed, or that the browser itself calls same-origin.
    """
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return None
    try:
        fields = tuple((name, value) for name, values in request.POST.lists() for value in values if name != TOKEN)
        files = tuple(request.FILES)
    except Exception:  # noqa: BLE001  a body that cannot be read holds nothing that could be kept
        return None
    return _allowed(Kept(request.get_full_path(), fields, files))


def carried(request):
    """What a sign-in form carried, or None. Checked like kept(): the browser may have been lied to."""
    path = request.POST.get(PATH) if request.method == "POST" else None
    if not path or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return None
    fields = tuple(
        (name.removeprefix(FIELD), value)
        for name, values in request.POST.lists()
        for value in values
        if name.startswith(FIELD)
    )
    return _allowed(Kept(path, fields, tuple(request.POST.getlist(FILE))))


def _allowed(form):
    try:
        match = resolve(urlsplit(form.path).path)
    except (Resolver404, ValueError):
        return None
    # A browser takes “..” out of an address before it asks, and then it is another one.
    is_ours = "admin" in match.app_names and match.url_name and "/." not in unquote(form.path)
    is_secret = match.url_name in NEVER or any(SECRET in name.lower() for name, _value in form.fields)
    names = [name for name, _value in form.fields if name != TOKEN]
    return form if is_ours and not is_secret and len(names) == len(form.fields) and _fits(form) else None


def _fits(form):
    size = sum(len((FIELD + name).encode()) + len(value.encode("utf-8", "replace")) + 10 for name, value in form.fields)
    return (
        size + FRAME_BYTES <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        and len(form.fields) + len(form.files) + 10 <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    )


def _inputs(pairs):
    return format_html_join("\n", '<input type="hidden" name="{}" value="{}">', pairs)
