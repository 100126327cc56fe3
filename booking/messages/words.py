"""What our answers say in words: kind, true, and silent about what the patient wrote."""

from django.utils.translation import gettext_lazy

from booking.states import DeclineReason

# A sentence, and what to do next.
DECLINE_TEXTS = {
    DeclineReason.NO_TIME_SOON: (
        gettext_lazy("We are sorry: we have no time soon enough for you."),
        gettext_lazy("Call us if a later time would do, or ask your own doctor who can see you sooner."),
    ),
    DeclineReason.OTHER_CARE_FIRST: (
        gettext_lazy("We think that another doctor should see you before we do."),
        gettext_lazy("Please see your own doctor soon. Afterwards we are glad to see you: ask again, or call us."),
    ),
    DeclineReason.NOT_OUR_FIELD: (
        gettext_lazy("We are sorry: this is not something that we treat."),
        gettext_lazy("Your own doctor can tell you who does. If you are not sure, call us and we will help you look."),
    ),
    DeclineReason.NEEDS_REFERRAL: (
        gettext_lazy("Your insurance plan asks for a referral before it pays for a visit."),
        gettext_lazy(
            "Ask your own doctor for a referral, then ask for a visit again. You may also pay yourself: call us."
        ),
    ),
    DeclineReason.OUT_OF_NETWORK: (
        gettext_lazy("We do not take your insurance plan."),
        gettext_lazy(
            "Your plan can tell you who does. You may also pay yourself: call us and we tell you the price first."
        ),
    ),
    DeclineReason.NOT_REACHED: (
        gettext_lazy("We tried to call you and could not reach you."),
        gettext_lazy("Please call us, and have your reference ready. We are still glad to see you."),
    ),
    DeclineReason.DUPLICATE: (
        gettext_lazy("We got the same request twice."),
        gettext_lazy("You need do nothing: we answer the other one. This one is closed."),
    ),
}

# Whoever is told one of these may choose another time at once, or have us call and look for one together.
ASK_AGAIN = {
    DeclineReason.NO_TIME_SOON,
    DeclineReason.NEEDS_REFERRAL,
    DeclineReason.OUT_OF_NETWORK,
    DeclineReason.NOT_REACHED,
}

BY_LINK_TEXTS = {
    "cancelled": gettext_lazy("A patient called a visit off on the site. The time is free again."),
    "rescheduled": gettext_lazy("A patient moved a visit to another open time on the site."),
    "accepted": gettext_lazy("A patient chose one of the times that we offered. The visit is booked."),
    "none_suits": gettext_lazy("None of the times that we offered suits a patient. They wait for our answer again."),
    "call_first": gettext_lazy("A patient chose a time, and must be called before it is booked. Please call now."),
    "withdrawn": gettext_lazy("A patient needs no visit any more. There is nothing to answer."),
    "wait_accepted": gettext_lazy("A patient took an earlier time from the wait list. The old time is free again."),
    "running_late": gettext_lazy("A patient is on the way and late, by about %(minutes)s minutes."),
}
