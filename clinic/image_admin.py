"""The library of pictures in the admin: a wall of pictures with words, where each is used, and the trash."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clinic.models import Image
from clinic.picture_forms import DUPLICATE, ImageForm, store_before_transaction, store_squares_before_transaction
from clinic.picture_trash import PictureInUse, put_in_trash, take_back
from clinic.picture_uses import all_uses

WORDS = ("alt", "is_decorative", "credit")


class Shelf(admin.SimpleListFilter):
    """Which part of the library is shown; without a choice everything but the trash."""

    title = _("use")
    parameter_name = "shelf"

    def lookups(self, request, model_admin):
        return [
            ("used", _("In use")),
            ("unused", _("Not used anywhere")),
            ("decorative", _("Only decoration")),
            ("trash", _("In the trash")),
        ]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [first | {"display": _("All but the trash")}, *others]

    def queryset(self, request, queryset):
        if self.value() == "trash":
            return queryset.filter(trashed_at__isnull=False)
        kept = queryset.kept()
        if self.value() == "decorative":
            return kept.filter(is_decorative=True)
        if self.value() == "used":
            return kept.filter(pk__in=uses_for(request))
        if self.value() == "unused":
            return kept.exclude(pk__in=uses_for(request))
        return kept


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    form = ImageForm
    change_list_template = "clinic/admin/image_library.html"
    change_form_template = "clinic/admin/image_form.html"
    list_display = ["__str__"]
    list_filter = [Shelf]
    list_per_page = 24
    show_full_result_count = False
    search_fields = ["alt", "credit"]
    readonly_fields = ["preview"]
    # What is gone from the table cannot be named by the history; the trash is enough.
    actions = None

    class Media:
        css = {"all": ["css/admin_img.css"]}

    def get_fieldsets(self, request, obj=None):
        # The two that are no columns make no sense to somebody who may only look.
        may_save = self._may_save(request, obj and obj.pk)
        return [
            (None, {"fields": [*(["preview"] if obj else []), *(["file"] if may_save else []), *WORDS]}),
            (_("What matters in it"), {"fields": [*(["place"] if may_save else []), ("focal_x", "focal_y")]}),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        # `place` is no column: the factory must not look for it in the model.
        kwargs["fields"] = ["file", *WORDS, "focal_x", "focal_y"]
        form = super().get_form(request, obj, change=change, **kwargs)
        form.squares_refused = getattr(request, "squares_refused", None)
        form.typed = getattr(request, "typed_words", None)
        return form

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("how it looks"))
    def preview(self, image):
        return format_html(
            '<span class="img-focus" data-point="{}">'
            '<img class="img-whole" src="{}" width="{}" height="{}" alt="{}"></span>',
            _("What matters. Move it with the arrow keys."),
            image.src,
            image.width,
            image.height,
            image.alt_text,
        )

    # /admin/clinic/image/<id>/trash/, …/take-back/
    def get_urls(self):
        return [
            path("<int:pk>/trash/", self.admin_site.admin_view(self.trash_view), name="clinic_image_trash"),
            path("<int:pk>/take-back/", self.admin_site.admin_view(self.take_back_view), name="clinic_image_take_back"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        titled = {"title": _("The library of pictures")} | (extra_context or {})
        response = super().changelist_view(request, titled)
        changelist = getattr(response, "context_data", {}).get("cl")
        if changelist is not None:
            uses = uses_for(request)
            shown = [(image, uses.get(image.pk, ())) for image in changelist.result_list]
            response.context_data |= {"shown": shown, "is_trash": request.GET.get(Shelf.parameter_name) == "trash"}
        return response

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Pictures take seconds of work: done before Django opens the transaction that writes the row."""
        if request.method == "POST" and self._may_save(request, object_id):
            self._store(request, object_id)
        try:
            response = super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # A double click stored the same picture a moment ago. The second look finds its row.
            response = super().changeform_view(request, object_id, form_url, extra_context)
        existing = _only_same_picture(response) if object_id is None else None
        if existing and self.has_change_permission(request, existing):
            return self._lead_to(request, existing)
        return response

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["uses"] = linked(all_uses().get(obj.pk, ()), request.user)
            context["may_move"] = self.has_change_permission(request, obj)
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def trash_view(self, request, pk):
        """What shows the picture comes first; a press of the button puts it into the trash."""
        image = self._allowed(request, pk)
        if request.method == "POST":
            try:
                put_in_trash(image_id=pk, by=request.user, now=timezone.now())
            except PictureInUse:
                messages.warning(
                    request, _("The picture stays in the library: patients see it. Replace it there first.")
                )
                return HttpResponseRedirect(request.path)
            messages.success(request, _("The picture is in the trash. You can restore it at any time."))
            return HttpResponseRedirect(reverse("admin:clinic_image_changelist"))
        uses = all_uses().get(image.pk, ())
        context = self.admin_site.each_context(request) | {
            "title": _("Move this picture to the trash?"),
            "opts": self.opts,
            "image": image,
            "public_uses": linked([use for use in uses if use.is_public], request.user),
            "other_uses": linked([use for use in uses if not use.is_public], request.user),
            "media": self.media,
        }
        return TemplateResponse(request, "clinic/admin/image_trash.html", context)

    def take_back_view(self, request, pk):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        image = self._allowed(request, pk)
        take_back(image_id=image.pk, by=request.user, now=timezone.now())
        messages.success(request, _("The picture is back in the library."))
        return HttpResponseRedirect(reverse("admin:clinic_image_change", args=[image.pk]))

    def _allowed(self, request, pk):
        image = self.get_object(request, str(pk))
        if not self.has_change_permission(request, image):
            raise PermissionDenied
        if image is None:
            raise Http404
        return image

    def _may_save(self, request, object_id):
        return self.has_add_permission(request) if object_id is None else self.has_change_permission(request)

    def _store(self, request, object_id):
        upload = request.FILES.get("file")
        if upload:
            store_before_transaction(upload)
        image = self.get_object(request, object_id) if object_id else None
        if object_id is None or image is not None:
            form = self.get_form(request, image, change=image is not None)
            request.squares_refused = store_squares_before_transaction(
                form(request.POST, request.FILES, instance=image)
            )

    def _lead_to(self, request, existing):
        """The same picture was chosen again: its own form, with the words that were just typed."""
        if "_popup" in request.POST:
            return self.response_add(request, existing)
        messages.warning(
            request,
            _(
                "This picture is in the library already, so it was not stored again. Below are its page and the words "
                "that you typed. Save them if they are better."
            ),
        )
        if existing.trashed_at:
            messages.warning(request, _("It is in the trash. Restore it to use it."))
        request.typed_words = {name: request.POST.get(name, "") for name in WORDS if request.POST.get(name)}
        request.method, request.POST = "GET", QueryDict()
        address = reverse("admin:clinic_image_change", args=[existing.pk])
        return super().changeform_view(request, str(existing.pk), form_url=address)


def uses_for(request):
    """all_uses(), asked once a request."""
    if not hasattr(request, "picture_uses"):
        request.picture_uses = all_uses()
    return request.picture_uses


def linked(uses, user):
    """(use, address of what an editor opens there) pairs; the address is empty where this person may not open it."""
    return [(use, _address(use.record, user)) for use in uses]


def _address(record, user):
    opts = record._meta
    if not user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
        return ""
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
    except NoReverseMatch:
        return ""


def _only_same_picture(response):
    """The row that has the picture already, when that is all that is wrong with the form; otherwise None."""
    admin_form = (getattr(response, "context_data", None) or {}).get("adminform")
    if admin_form is None or not admin_form.form.is_bound:
        return None
    codes = {error.code for errors in admin_form.form.errors.as_data().values() for error in errors}
    return admin_form.form.same_picture if codes == {DUPLICATE} else None
