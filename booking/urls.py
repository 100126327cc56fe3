from django.urls import path

from booking import views

# Names say which page it is, never what was answered on it: addresses end up in logs and histories.
app_name = "booking"
urlpatterns = [
    path("", views.Start.as_view(), name="start"),
    path("call-me/", views.CallMe.as_view(), name="call_me"),
    path("call-us/", views.CallUs.as_view(), name="call_us"),
    # /appointments/mine/<token>/
    path("mine/<str:token>/", views.Manage.as_view(), name="manage"),
    path("mine/<str:token>/time/", views.MoveVisit.as_view(), name="manage_time"),
    path("mine/<str:token>/offer/", views.TakeOffered.as_view(), name="manage_offer"),
    path("mine/<str:token>/none/", views.NoneSuits.as_view(), name="manage_none"),
    path("mine/<str:token>/cancel/", views.CancelVisit.as_view(), name="manage_cancel"),
    path("mine/<str:token>/withdraw/", views.Withdraw.as_view(), name="manage_withdraw"),
    path("mine/<str:token>/late/", views.RunningLate.as_view(), name="manage_late"),
    path("mine/<str:token>/earlier/", views.WaitList.as_view(), name="manage_wait"),
    path("mine/<str:token>/earlier/leave/", views.LeaveWaitList.as_view(), name="manage_wait_leave"),
    path("mine/<str:token>/earlier/take/", views.TakeOffer.as_view(), name="manage_wait_take"),
    path("mine/<str:token>/earlier/refuse/", views.RefuseOffer.as_view(), name="manage_wait_refuse"),
    path("mine/<str:token>/visit.ics", views.VisitCalendar.as_view(), name="manage_calendar"),
    path("again/", views.Again.as_view(), name="again"),
    # /appointments/<draft>/
    path("<uuid:draft_id>/", views.Who.as_view(), name="who"),
    path("<uuid:draft_id>/first-check/", views.FirstCheck.as_view(), name="first_check"),
    path("<uuid:draft_id>/second-check/", views.SecondCheck.as_view(), name="second_check"),
    path("<uuid:draft_id>/reason/", views.Reason.as_view(), name="reason"),
    path("<uuid:draft_id>/time/", views.Time.as_view(), name="time"),
    path("<uuid:draft_id>/when/", views.When.as_view(), name="when"),
    path("<uuid:draft_id>/contact/", views.Contact.as_view(), name="contact"),
    path("<uuid:draft_id>/prepare/", views.Prepare.as_view(), name="prepare"),
    path("<uuid:draft_id>/review/", views.Review.as_view(), name="review"),
    path("<uuid:draft_id>/call/", views.CallDetails.as_view(), name="call"),
    path("<uuid:draft_id>/done/", views.Done.as_view(), name="done"),
]
