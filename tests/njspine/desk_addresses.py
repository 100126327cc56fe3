"""The front desk's addresses: what GET answers to (front desk, editor, reviewer, publisher, superuser)."""

# A manager gets what the front desk gets, and these.
FOR_MANAGERS = {}
DESK = (200, 403, 403, 403, 200)
DESK_PRESS = (405, 403, 403, 403, 405)  # POST alone, by whoever may answer
STAFF = {
    "admin:desk": DESK,
    "admin:desk_find": DESK,
    "admin:desk_rebooking": DESK,
    "admin:desk_caller": DESK,
    "admin:desk_request": DESK,
    "admin:desk_look": DESK_PRESS,
    **dict.fromkeys(("admin:desk_look_offer", "admin:desk_offer", "admin:desk_withdraw_offer"), DESK_PRESS),
    "admin:desk_claim": DESK_PRESS,
    "admin:desk_release": DESK_PRESS,
    "admin:desk_attempt": DESK_PRESS,
    "admin:desk_confirm": DESK_PRESS,
    "admin:desk_decline": DESK_PRESS,
    "admin:desk_withdraw": DESK_PRESS,
    "admin:desk_close": DESK_PRESS,
    "admin:desk_told": DESK_PRESS,
    "admin:desk_end_links": DESK_PRESS,
    "admin:desk_stop_texts": DESK_PRESS,
    **dict.fromkeys((f"admin:mail_{page}" for page in ("list", "preview", "html")), DESK),
    "admin:desk_cancel_visit": DESK_PRESS,
    "admin:desk_arrive_visit": DESK_PRESS,
    "admin:desk_fulfil_visit": DESK_PRESS,
    "admin:desk_noshow_visit": DESK_PRESS,
    "admin:desk_undo_visit": DESK_PRESS,
    "admin:desk_move_visit": DESK,
    "admin:desk_wait_list": DESK,
    "admin:desk_wait": DESK,
    "admin:desk_leave_wait": DESK_PRESS,
    **dict.fromkeys((f"admin:desk_{name}_offer" for name in ("approve", "take", "refuse", "stop")), DESK_PRESS),
    "admin:desk_blocks": DESK,
    "admin:desk_unblock": DESK_PRESS,
}
