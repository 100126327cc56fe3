from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from clinic import checks


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = _("Clinic facts")

    def ready(self):
        register(checks.check_mail_leaves, deploy=True)
        register(checks.check_mail_timeout)
        register(checks.check_texts_leave, deploy=True)
        register(checks.check_text_backend)
