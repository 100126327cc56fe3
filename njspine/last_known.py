"""What this process last read about the clinic, for the pages that must work when the database does not."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models.signals import post_init, post_save
from django.dispatch import receiver

from clinic.models import Clinic


@dataclass(frozen=True)
class Contact:
    """`phone` as people read it, `phone_link` for a tel: link; both empty when nobody ever told."""

    name: str
    phone: str
    phone_link: str
    emergency_number: str


class LastKnown:
    def __init__(self):
        self.forget()

    def forget(self):
        self.read = None

    def contact(self):
        return self.read or from_settings()


def from_settings():
    phone = settings.CLINIC_PHONE
    emergency_number = Clinic._meta.get_field("emergency_number").default
    return Contact("", phone, "tel:" + re.sub(r"[^\d+]", "", phone) if phone else "", emergency_number)


last_known = LastKnown()


@receiver([post_init, post_save], sender=Clinic, dispatch_uid="njspine.last_known")
def remember(sender, instance, **kwargs):
    """Wherever a Clinic row is loaded or saved, this process learns its number."""
    if instance.get_deferred_fields() or not instance.phone or not instance.phone.is_valid():
        return
    phone = instance.phone
    last_known.read = Contact(instance.name, phone.as_national, phone.as_rfc3966, instance.emergency_number)
