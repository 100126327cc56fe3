"""The composition root: the one place that knows every app."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NjspineConfig(AppConfig):
    name = "njspine"


class ClinicAdminConfig(AdminConfig):
    default_site = "njspine.admin_site.ClinicAdminSite"
