from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("Requests and visits")

    def ready(self):
        # Models can be imported only now.
        import_module("booking.actions.telling").register_mails()
