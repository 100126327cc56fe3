from django.urls import path

from content import views

app_name = "content"
urlpatterns = [
    path("get-help-now/", views.get_help_now, name="get_help_now"),
    path("conditions/", views.conditions, name="conditions"),
    path("conditions/<slug:slug>/", views.condition, name="condition"),
    path("treatments/", views.treatments, name="treatments"),
    path("treatments/<slug:slug>/", views.treatment, name="treatment"),
    path("articles/", views.articles, name="articles"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("glossary/", views.glossary, name="glossary"),
    # Practical pages stand at the root; this pattern comes last in njspine/urls.py.
    path("<slug:slug>/", views.info, name="info"),
]
