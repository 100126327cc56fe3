from clinic.models.facts import Clinic, Closure, Location, OpeningHours
from clinic.models.heartbeat import Heartbeat
from clinic.models.image import Image
from clinic.models.message import OutgoingMessage
from clinic.models.people import InsuranceParticipation, InsurancePlan, Practitioner
from clinic.models.texts import TextStop

__all__ = [
    "Clinic",
    "Closure",
    "Heartbeat",
    "Image",
    "InsuranceParticipation",
    "InsurancePlan",
    "Location",
    "OpeningHours",
    "OutgoingMessage",
    "Practitioner",
    "TextStop",
]
