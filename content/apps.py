from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = _("Pages")

    def ready(self):
        # Models can be imported only now.
        import_module("content.editing.messages").register_mails()
