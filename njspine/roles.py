"""Who may do what: four groups, defined here and nowhere else (45 CFR 164.312(a)(1): access only to those granted it).

Whoever works on pages never sees requests. The front desk reads pages but does not change them. Editors write pages,
clinical reviewers check them, publishers write and publish; somebody who does two of these is in two groups. Front
desk, editors and publishers keep the clinic's facts true: the desk is the first to know that the clinic closes early
or that a plan is dropped, editors write bios and directions, and Django's log says who changed what. Deleting a
clinician, a place or a page stays with superusers.
"""

from django.apps import apps as installed
from django.db import DEFAULT_DB_ALIAS

FRONT_DESK = "Front desk"
EDITOR = "Editor"
REVIEWER = "Clinical reviewer"
PUBLISHER = "Publisher"

READ = ("view",)
KEEP = ("view", "change")
WRITE = ("view", "add", "change")
ALL = ("view", "add", "change", "delete")

FACTS = {
    "clinic.clinic": KEEP,
    "clinic.location": WRITE,
    "clinic.openinghours": ALL,
    "clinic.closure": ALL,
    "clinic.practitioner": WRITE,
    "clinic.insuranceplan": WRITE,
    "clinic.insuranceparticipation": ALL,
    "clinic.image": WRITE,
}
PAGES = ("content.condition", "content.treatment", "content.article", "content.infopage", "content.glossary")
PARTS_OF_PAGES = (
    "content.section",
    "content.source",
    "content.ratedtreatment",
    "content.movement",
    "content.term",
)

PARTS_OF_SCHEDULES = ("booking.workinghours", "booking.break", "booking.extrahours", "booking.timeoff")

RECORDS_OF_PAGES = (
    "content.pageversion",
    "content.safetyversion",
    "content.pagereview",
    "content.reviewrequest",
    "content.plannedchange",
    "content.safetyproposal",
)
WRITES_PAGES = (
    FACTS
    | dict.fromkeys(PAGES, WRITE)
    | dict.fromkeys((*PARTS_OF_PAGES, "content.redflag"), ALL)
    | dict.fromkeys((*RECORDS_OF_PAGES, "content.pagefeedback", "content.searchmiss"), READ)
    | {"content.redirect": ALL, "content.missingaddress": KEEP, "content.externallink": KEEP}
)

ROLES = {
    FRONT_DESK: FACTS
    | dict.fromkeys((*PAGES, *PARTS_OF_PAGES, "content.redflag"), READ)
    | dict.fromkeys(PARTS_OF_SCHEDULES, ALL)
    | {
        "booking.appointmentrequest": WRITE,
        "booking.appointment": WRITE,
        "booking.appointmenttype": WRITE,
        "booking.room": WRITE,
        "booking.schedule": WRITE,
        "booking.appointmentevent": READ,
        "booking.waitlistentry": WRITE,
        "booking.waitlistoffer": WRITE,
        "clinic.outgoingmessage": ("view", "requeue"),
    },
    EDITOR: WRITES_PAGES,
    REVIEWER: dict.fromkeys(PAGES, READ)
    | dict.fromkeys(PARTS_OF_PAGES, READ)
    | dict.fromkeys(RECORDS_OF_PAGES, READ)
    | {"content.page": ("review",), "content.redflag": ("view", "review"), "clinic.image": READ},
    PUBLISHER: WRITES_PAGES | {"content.page": ("publish",), "content.redflag": (*ALL, "publish")},
}


def create_groups(*, using=DEFAULT_DB_ALIAS):
    """Make the groups, with exactly the permissions above; a second run changes nothing.

    A permission whose table has not been migrated yet is left out and comes with the migration that makes it.
    """
    groups = installed.get_model("auth", "Group").objects.using(using)
    permissions = installed.get_model("auth", "Permission").objects.using(using)
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in permissions.select_related("content_type")
    }
    for name, models in ROLES.items():
        wanted = [label.split(".") for label in models]
        codes = [
            (app, f"{action}_{model}")
            for (app, model), actions in zip(wanted, models.values(), strict=True)
            for action in actions
        ]
        group, _created = groups.get_or_create(name=name)
        group.permissions.set([known[code] for code in codes if code in known])


def create_groups_after_migrate(*, using, apps=installed, **kwargs):
    """Receiver of post_migrate, so that every installation has the groups without a step of its own."""
    if "auth" in apps.app_configs:
        create_groups(using=using)
