"""The composition root: the one place that knows every app."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate

from njspine import logs
from njspine.roles import create_groups_after_migrate


class NjspineConfig(AppConfig):
    name = "njspine"

    def ready(self):
        if not settings.DEBUG:
            logs.catch_everything()
        # Auth comes after our apps, so all of their permissions exist when its signal fires.
        post_migrate.connect(
            create_groups_after_migrate,
            sender=apps.get_app_config("auth"),
            dispatch_uid="njspine.create_groups",
        )


class ClinicAdminConfig(AdminConfig):
    default_site = "njspine.admin_site.ClinicAdminSite"
