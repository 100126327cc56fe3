"""Django's admin, made the clinic's own."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class ClinicAdminSite(AdminSite):
    site_header = _("Front desk and pages")
    site_title = _("Clinic admin")
    index_title = _("Today")
