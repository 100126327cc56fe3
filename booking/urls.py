from django.urls import path

from booking import views

app_name = "booking"
urlpatterns = [
    path("", views.start, name="start"),
    path("call-me/", views.call_me, name="call_me"),
]
