"""Who and what is chosen for a patient: the kinds of visit that fit their answers, one of several clinicians. Pure."""


def kinds_that_fit(kinds, *, is_new_patient, recent_surgery):
    """Those kinds of visit (anything with the flags of AppointmentType) that these answers allow, in their order.

    After recent surgery only what is made for it; what is made for nobody else is offered to nobody else.
    """
    return [kind for kind in kinds if _fits(kind, is_new_patient, recent_surgery)]


def _fits(kind, is_new_patient, recent_surgery):
    for_their_past = kind.for_new_patients if is_new_patient else kind.for_returning_patients
    for_surgery_alone = kind.for_after_surgery and not (kind.for_new_patients or kind.for_returning_patients)
    if recent_surgery:
        return kind.for_after_surgery and (for_their_past or for_surgery_alone)
    return for_their_past


def least_booked_first(schedule_ids, booked_minutes):
    """Fewest booked minutes that week first, then the lowest key. `booked_minutes`: by schedule; not in it: none."""
    return sorted(schedule_ids, key=lambda schedule_id: (booked_minutes.get(schedule_id, 0), schedule_id))


def nearest(times, wanted, most):
    """Up to `most` of these times (each with a `start`), those closest to the instant `wanted`, earliest first."""
    closest = sorted(times, key=lambda time: (abs(time.start - wanted), time.start))[:most]
    return sorted(closest, key=lambda time: time.start)
