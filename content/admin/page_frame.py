"""What every page about one page has in the admin: where its form and its history are."""

from django.urls import reverse


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
