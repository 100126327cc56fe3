"""The desk's addresses, inside the admin: njspine.admin_site adds them to its own and guards them."""

from booking.desk import answering, blocks, caller, views, visits, waiting

DESK = [
    ("desk/", views.desk, "desk"),
    ("desk/rebooking/", views.rebooking, "desk_rebooking"),
    ("desk/find/", views.find_request, "desk_find"),
    ("desk/caller/", caller.enter, "desk_caller"),
    ("desk/requests/<int:pk>/", answering.open_request, "desk_request"),
    ("desk/requests/<int:pk>/look/", answering.look("confirm"), "desk_look"),
    ("desk/requests/<int:pk>/look-offer/", answering.look("offer"), "desk_look_offer"),
    *((f"desk/requests/<int:pk>/{name}/", answering.press(name), f"desk_{name}") for name in answering.PRESSES),
    ("desk/visits/<int:pk>/move/", visits.move, "desk_move_visit"),
    *((f"desk/visits/<int:pk>/{name}/", visits.press(name), f"desk_{name}_visit") for name in visits.VISIT_PRESSES),
    ("desk/wait/", waiting.wait_list, "desk_wait_list"),
    *((f"desk/wait/<int:pk>/{name}/", waiting.press(name), f"desk_{name}_offer") for name in waiting.OFFER_PRESSES),
    ("desk/requests/<int:pk>/wait/", waiting.wait_place, "desk_wait"),
    ("desk/requests/<int:pk>/wait/leave/", waiting.leave_wait, "desk_leave_wait"),
    ("desk/blocks/", blocks.blocked_time, "desk_blocks"),
    ("desk/blocks/give-back/", blocks.give_back, "desk_unblock"),
]
