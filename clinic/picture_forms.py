"""Pictures in forms of the admin: the upload with its words and its focal point, and choosing one of the library."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.images import MIDDLE, ImageRefused, store_squares, store_upload
from clinic.models import Image

DUPLICATE = "duplicate"
# The middles of nine equal fields, for people who do not count in percent.
THIRDS = (17, 50, 83)
PLACES = {
    (17, 17): _("Top left"),
    (50, 17): _("Top"),
    (83, 17): _("Top right"),
    (17, 50): _("Left"),
    MIDDLE: _("Middle"),
    (83, 50): _("Right"),
    (17, 83): _("Bottom left"),
    (50, 83): _("Bottom"),
    (83, 83): _("Bottom right"),
}
EXACT = "exact"


class NinePlaces(forms.RadioSelect):
    """Three rows of three, as they lie on the picture. js/focal_point.js lets people point at the picture itself."""

    class Media:
        css = {"all": ["css/admin_img.css"]}
        js = ["js/focal_point.js"]


class ImageForm(forms.ModelForm):
    """The picture itself is handled by `store_before_transaction`, before the admin opens its transaction."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_(
            "JPEG, PNG, WebP or AVIF, at most 10 MB. We turn it upright, make it small and take out hidden data, like "
            "the place where it was taken."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
    )
    place = forms.ChoiceField(
        label=_("What matters is here"),
        required=False,
        choices=[
            *((f"{x}-{y}", words) for (x, y), words in PLACES.items()),
            (EXACT, _("At the exact point below")),
        ],
        widget=NinePlaces,
        help_text=_("Lists show a square of the picture. It is cut around this point, so that no face is cut off."),
    )

    # Set by the admin on the form of one request: why the squares could not be written, and words typed elsewhere.
    squares_refused = None
    typed = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= self.typed or {}
        if "file" in self.fields and self.instance.pk:
            self.fields["file"].required = False
            self.fields["file"].label = _("Another picture in its place")
        if "focal_x" in self.fields:
            at = self.instance.focus
            self.initial["place"] = f"{at[0]}-{at[1]}" if at in PLACES else EXACT
            for name in ("focal_x", "focal_y"):
                self.fields[name].required = False

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload is None:
            return None
        if isinstance(upload.outcome, ImageRefused):
            raise ValidationError(
                format_html("{} {}", upload.outcome, gettext("Nothing that you typed is lost.")), code="refused"
            )
        if self.same_picture is not None:
            raise ValidationError(_("This picture is in the library already. Use that one."), code=DUPLICATE)
        return upload

    @cached_property
    def same_picture(self):
        """The other row that has the uploaded picture already, or None."""
        upload = self.files.get("file")
        stored = getattr(upload, "outcome", None)
        if stored is None or isinstance(stored, ImageRefused):
            return None
        return Image.objects.filter(digest=stored.digest).exclude(pk=self.instance.pk).first()

    def clean_alt(self):
        """The file's own name is no description, although it does not look like a camera's."""
        words, upload = self.cleaned_data["alt"], self.files.get("file")
        stem = upload.name.rpartition(".")[0].strip() if upload else ""
        if words and words.strip().casefold() == stem.casefold() and not re.search(r"\s", stem):
            raise ValidationError(
                _("This is the name of the file. Say in a few words what the picture shows."), code="file_name"
            )
        return words

    def clean(self):
        """Whichever of the two was changed counts: the exact point before one of the nine places."""
        cleaned = super().clean()
        for name in ("focal_x", "focal_y"):
            if name in self.fields and cleaned.get(name) is None and name not in self.errors:
                cleaned[name] = getattr(self.instance, name)
        place = cleaned.get("place")
        if place and place != EXACT and not {"focal_x", "focal_y"} & set(self.changed_data):
            cleaned["focal_x"], cleaned["focal_y"] = map(int, place.split("-"))
        if self.squares_refused:
            self.add_error(None, ValidationError(str(self.squares_refused), code="refused"))
        return cleaned

    def save(self, commit=True):
        upload = self.cleaned_data.get("file")
        if upload:
            stored = upload.outcome
            self.instance.digest = stored.digest
            self.instance.width, self.instance.height = stored.width, stored.height
            self.instance.widths = list(stored.widths)
        return super().save(commit)


def store_before_transaction(upload):
    """Stores the picture and keeps the outcome on the upload, a StoredImage or ImageRefused, for ImageForm to read."""
    try:
        upload.outcome = store_upload(upload)
    except ImageRefused as refused:
        upload.outcome = refused


def store_squares_before_transaction(form):
    """Writes the squares around the point that this bound ImageForm moves. Returns an ImageRefused, or None.

    Nothing happens for a form with errors, or when the point stays where it was: those squares exist.
    """
    before = form.instance.focus
    if not form.is_valid():
        return None
    upload = form.cleaned_data.get("file")
    focus = (form.cleaned_data["focal_x"], form.cleaned_data["focal_y"])
    if focus == (MIDDLE if upload else before):
        return None
    stored = upload.outcome if upload else form.instance
    try:
        store_squares(digest=stored.digest, width=stored.width, focus=focus)
    except ImageRefused as refused:
        return refused
    return None


class PictureSelect(forms.Select):
    """A list of the library's words; js/picture_chooser.js shows the pictures beside them."""

    def __init__(self, attrs=None, choices=()):
        words = {
            "class": "img-select",
            "data-look": _("Choose by looking"),
            "data-title": _("Choose a picture"),
            "data-find": _("Find by its words"),
            "data-close": _("Close"),
            "data-none": _("No picture fits."),
        }
        super().__init__(words | (attrs or {}), choices)

    class Media:
        css = {"all": ["css/admin_img.css"]}
        js = ["js/picture_chooser.js"]

    def create_option(self, name, value, label, selected, index, **options):
        option = super().create_option(name, value, label, selected, index, **options)
        image = getattr(value, "instance", None)
        if image is not None:
            option["attrs"]["data-thumb"] = image.square.smallest_src
        return option


class PictureField(forms.ModelChoiceField):
    """One picture of the library. Those in the trash stand in it only where they are chosen already."""

    widget = PictureSelect

    def label_from_instance(self, image):
        words = (
            str(image) if image.alt else gettext("Decoration, added %(day)s") % {"day": f"{image.created_at:%Y-%m-%d}"}
        )
        return gettext("%(picture)s (in the trash)") % {"picture": words} if image.trashed_at else words


def choosable(*, also):
    """Pictures for a PictureField: all but the trash, and from the trash those with a pk in `also`."""
    return Image.objects.filter(Q(trashed_at__isnull=True) | Q(pk__in=also))


def refuse_trashed(image, *, before):
    """The chosen picture. Raises ValidationError for one in the trash, unless it was chosen `before` (its pk)."""
    if image is not None and image.trashed_at is not None and image.pk != before:
        raise ValidationError(
            _("This picture is in the trash. Choose another one, or restore it in the library."),
            code="trashed",
        )
    return image
