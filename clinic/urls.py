from django.urls import path

from clinic import inbound_texts, views

app_name = "clinic"
urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/<slug:slug>/", views.practitioner, name="practitioner"),
    path("locations/", views.locations, name="locations"),
    path("insurance/", views.insurance, name="insurance"),
    path("contact/", views.contact, name="contact"),
    path("texts/inbound/", inbound_texts.inbound, name="inbound_texts"),
    path("images/<str:name>", views.image, name="image"),
    path("social/<slug:digest>.png", views.social_image, name="social_image"),
]
