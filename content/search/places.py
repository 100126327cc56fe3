"""Pages of the site that no editor writes, and what people type who look for them. Data; addresses are names of routes.

The search words are in the language of the site's texts, and are never shown.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class SitePage:
    """`names` are what people type."""

    route: str
    title: str
    tagline: str
    names: str


SITE_PAGES = (
    SitePage(
        "content:get_help_now",
        _("Emergency signs"),
        _("When back, neck or leg pain is an emergency, and what to say"),
        "emergency, warning signs, red flags, get help now, urgent, emergency room, ER, hospital, ambulance, "
        "cauda equina, should I worry, is it serious, when to see a doctor, dangerous",
    ),
    SitePage(
        "booking:start",
        _("Request an appointment"),
        _("Six short steps, no account. A person answers"),
        "book, booking, appointment, schedule, make an appointment, see someone, visit, new patient, sign up, online "
        "booking, consultation, evaluation, get an appointment, first appointment, next available",
    ),
    SitePage(
        "booking:call_me",
        _("Ask for a call"),
        _("Leave a number, and we call you"),
        "call me back, callback, phone me, talk to a person, speak to someone, rather talk",
    ),
    SitePage(
        "clinic:contact",
        _("Contact"),
        _("Phone, opening hours, e-mail"),
        "contact, phone number, telephone, call, email, e-mail, message, write, reach you, front desk, cancel, "
        "reschedule, change appointment, fax, question",
    ),
    SitePage(
        "clinic:team",
        _("Our team"),
        _("Who works here, and what each of us does most"),
        "team, staff, therapists, doctors, physical therapists, practitioners, clinicians, who are you, surgeon, "
        "specialist, about us, qualifications, license",
    ),
    SitePage(
        "clinic:insurance",
        _("Insurance we take"),
        _("Which plan is taken by whom, and where"),
        "insurance, insurance plans, do you take my insurance, accept, in network, out of network, coverage, covered, "
        "Aetna, Cigna, Humana, Blue Cross, Blue Shield, Horizon, UnitedHealthcare, UHC, Oxford, AmeriHealth, "
        "Medicare, Medicaid, Tricare, HMO, PPO, no-fault, car insurance, auto insurance, workers comp",
    ),
    SitePage(
        "clinic:locations",
        _("Locations and hours"),
        _("Where we are, when we are open, parking and access"),
        "location, locations, address, directions, map, where are you, how to get there, hours, opening hours, open, "
        "closed, Saturday, Sunday, weekend, evening, morning, holiday, parking, park, bus, train, wheelchair, ramp, "
        "elevator, step free, near me, offices",
    ),
    SitePage(
        "content:conditions",
        _("Conditions, by where it hurts"),
        _("Find your pain by the place"),
        "conditions, list of conditions, where does it hurt, what do you treat, diagnoses, problems, all conditions",
    ),
    SitePage(
        "content:treatments",
        _("Treatments"),
        _("What each one is, and how sure anyone can be that it helps"),
        "treatments, list of treatments, therapies, services, what do you offer, options, best treatment, evidence",
    ),
    SitePage(
        "content:articles",
        _("Articles"),
        _("Longer reads on spine pain and physical therapy"),
        "articles, blog, news, reading, guides, advice",
    ),
)
