from clinic.models.facts import (
    Clinic,
    Closure,
    InsuranceParticipation,
    InsurancePlan,
    Location,
    OpeningHours,
    Practitioner,
)
from clinic.models.image import Image
from clinic.models.message import OutgoingMessage

__all__ = [
    "Clinic",
    "Closure",
    "Image",
    "InsuranceParticipation",
    "InsurancePlan",
    "Location",
    "OpeningHours",
    "OutgoingMessage",
    "Practitioner",
]
