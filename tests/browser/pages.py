"""Public pages by address. The browser tests visit one of each template, the large ones every page of the sitemap."""

import re

TEXT_PAGES = [
    "/",
    "/get-help-now/",
    "/conditions/",
    "/conditions/sciatica/",
    "/conditions/neck-pain/",
    "/treatments/",
    "/treatments/heat/",
    "/treatments/ultrasound/",
    "/articles/",
    "/articles/exercises-to-avoid/",
    "/articles/before-your-operation/",
    "/glossary/",
    "/team/",
    "/locations/",
    "/insurance/",
    "/contact/",
    "/costs/",
    "/notice-of-privacy-practices/",
]
FORM_PAGES = [
    "/appointments/",
    "/appointments/?condition=sciatica",
    "/appointments/call-me/",
    "/helpful/condition/sciatica/?answer=no",
    "/helpful/condition/sciatica/thanks/",
]
LOST_PAGES = ["/no-such-page/", "/conditions/no-such-condition/"]


def every_page(request):
    """Paths of all that the sitemap names; `request` is a playwright request context."""
    answer = request.get("/sitemap.xml")
    assert answer.ok
    return re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", answer.text())
