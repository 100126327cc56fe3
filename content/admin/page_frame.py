"""What every page about one page has in the admin: its addresses, its frame, and the methods that it answers to."""

from functools import partial, update_wrapper, wraps

from django.http import HttpResponseNotAllowed
from django.urls import path, reverse
from django.utils.translation import gettext as _

from content.editing.timeline import who
from content.models import PageVersion

READS, PRESSES = ("GET", "HEAD"), ("POST",)


def only(*methods):
    """Decorates a view of one model's admin, `view(model_admin, request, ...)`: other methods get 405."""

    def decorate(view):
        @wraps(view)
        def checked(model_admin, request, *args, **kwargs):
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            return view(model_admin, request, *args, **kwargs)

        return checked

    return decorate


def patterns(model_admin, routes):
    """URL patterns of (route, view, name) for one model's admin; signing in comes first, as everywhere in the admin."""
    opts = model_admin.opts
    return [
        path(
            route,
            model_admin.admin_site.admin_view(update_wrapper(partial(view, model_admin), view)),
            name=f"{opts.app_label}_{opts.model_name}_{name}",
        )
        for route, view, name in routes
    ]


def address(model_admin, name, *args):
    """Address of one of the admin pages of this kind of page."""
    opts = model_admin.opts
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)


def frame(model_admin, request, page, title):
    """What every page about `page` in the admin needs."""
    return model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "original": page,
        "title": title,
        "subtitle": "",
        "change_url": address(model_admin, "change", page.pk),
        "history_url": address(model_admin, "history", page.pk),
    }


def two(old, new):
    """What the heads of a comparison say about two versions, of a page or of the warning signs."""
    return {"old": _head(old), "new": _head(new), "before_words": _("Before"), "after_words": _("After")}


def _head(version):
    is_page = isinstance(version, PageVersion)
    return {
        "number": version.number,
        "when": version.created_at if is_page else version.published_at,
        "kind": version.get_kind_display() if is_page else _("published"),
        "by": who(version.by),
        "why": version.why,
    }
