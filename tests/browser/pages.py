"""Every public page, by address: the browser tests visit them all."""

TEXT_PAGES = [
    "/",
    "/get-help-now/",
    "/conditions/",
    "/conditions/sciatica/",
    "/conditions/post-surgical-pain/",
    "/conditions/axial-back-pain/",
    "/treatments/",
    "/treatments/heat/",
    "/treatments/massage/",
    "/treatments/ultrasound/",
    "/treatments/manual-therapy/",
    "/treatments/stretching/",
    "/treatments/strengthening/",
    "/treatments/core-strengthening/",
    "/articles/",
    "/articles/physical-therapy-for-spinal-conditions/",
    "/articles/exercises-to-avoid/",
    "/team/",
    "/locations/",
    "/insurance/",
    "/contact/",
    "/visit/",
    "/costs/",
    "/referral/",
    "/accessibility/",
    "/privacy/",
]
FORM_PAGES = ["/appointments/", "/appointments/?condition=sciatica", "/appointments/call-me/"]
LOST_PAGES = ["/no-such-page/", "/conditions/no-such-condition/"]
