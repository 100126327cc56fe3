"""Django's admin, made the clinic's own: the desk first, clinic time, timed sessions, nothing kept by browsers."""

import copy
from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import queue
from booking.desk import urls as desk_urls
from clinic.outbox import health
from clinic.site import site_of
from content.board import BOARD
from content.board import SEE as SEES_BOARD
from content.editing.board import count_overdue
from content.trash_views import TRASH
from njspine.kept_text import carried, kept
from njspine.mail_alarm import alarm_for
from njspine.previews.views import MAILS
from njspine.previews.views import SEE as SEES_MAILS
from njspine.sign_in import end_stale_session

SEES_REQUESTS = "booking.view_appointmentrequest"
ENTERS_REQUESTS = "booking.add_appointmentrequest"


class ClinicAdminSite(AdminSite):
    site_header = _("Front desk and pages")
    site_title = _("Clinic admin")
    index_title = _("All lists")
    enable_nav_sidebar = False

    def get_urls(self):
        # Before Django's own, whose last pattern catches everything.
        ours = [*desk_urls.DESK, *BOARD, *TRASH, *MAILS]
        return [path(route, self.admin_view(view), name=name) for route, view, name in ours] + super().get_urls()

    def admin_view(self, view, cacheable=False):
        """As Django's, and: a stale session ends here, times are the clinic's, and only the script of translations may
        be kept by a browser (Django also lets it keep the password page)."""
        may_be_kept = cacheable and view == self.i18n_javascript
        guarded = super().admin_view(view, may_be_kept)

        def inner(request, *args, **kwargs):
            if may_be_kept:
                return guarded(request, *args, **kwargs)
            end_stale_session(request, now=timezone.now())
            with timezone.override(site_of(request).clinic.zone):
                response = self._sign_in_again(request) or guarded(request, *args, **kwargs)
                # A TemplateResponse would otherwise be rendered after the clinic's zone is left.
                return response.render() if hasattr(response, "render") else response

        return update_wrapper(inner, guarded)

    def _sign_in_again(self, request):
        """The sign-in page with what was just sent, for somebody whose session is over; else None.

        An account that was switched off keeps its session and gets nothing: it is to stay out.
        """
        if request.method != "POST" or request.user.is_authenticated or SESSION_KEY in request.session:
            return None
        form = kept(request)
        if form is None:
            return None
        asked = copy.copy(request)
        asked.method, asked.POST = "GET", QueryDict()
        return self._sign_in_page(asked, form)

    def _sign_in_page(self, request, form):
        return super().login(
            request, {"kept": form, "app_path": reverse("admin:login", current_app=self.name), "next": form.path}
        )

    def each_context(self, request):
        now = timezone.now()
        site = site_of(request)
        signed_in = self.has_permission(request)
        sees_board = signed_in and request.user.has_perm(SEES_BOARD)
        sees_requests = signed_in and request.user.has_perm(SEES_REQUESTS)
        return super().each_context(request) | {
            "is_sample": site.clinic.is_sample,
            "index_path": reverse("admin:index", current_app=self.name),
            "may_see_requests": sees_requests,
            "may_enter_requests": sees_requests and request.user.has_perm(ENTERS_REQUESTS),
            "desk_headline": queue.headline(now=now, opening=site.opening, zone=site.clinic.zone)
            if sees_requests
            else None,
            "desk_page": "",
            "may_see_board": sees_board,
            "may_see_mails": signed_in and request.user.has_perm(SEES_MAILS),
            "pages_overdue": count_overdue(today=site.today) if sees_board else 0,
            "mail_alarm": alarm_for(health(now=now)) if signed_in else None,
        }

    def login(self, request, extra_context=None):
        """Whoever answers requests lands on the desk, everybody else on the lists, unless a page was asked for.

        Somebody who typed something before their session ended lands on a page that sends it on, by a press.
        """
        form = carried(request)
        if form is not None:
            answer = self._sign_in_page(request, form)
            return self._go_on(request, form) if answer.status_code == 302 else answer
        response = super().login(request, {"kept": None} | (extra_context or {}))
        index = reverse("admin:index", current_app=self.name)
        if response.status_code == 302 and response.url == index and request.user.has_perm(SEES_REQUESTS):
            return HttpResponseRedirect(reverse("admin:desk", current_app=self.name))
        return response

    def _go_on(self, request, form):
        context = self.each_context(request) | {"title": _("Signed in. Go on with what you typed"), "kept": form}
        return TemplateResponse(request, "admin/go_on.html", context)
