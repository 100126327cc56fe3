from django.urls import path

from content import feeds, helpful, preview, social_images, views
from content.search.view import search_page

app_name = "content"
urlpatterns = [
    path("get-help-now/", views.get_help_now, name="get_help_now"),
    path("conditions/", views.conditions, name="conditions"),
    path("conditions/<slug:slug>/", views.condition, name="condition"),
    path("treatments/", views.treatments, name="treatments"),
    path("treatments/<slug:slug>/", views.treatment, name="treatment"),
    path("articles/", views.articles, name="articles"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("helpful/<slug:kind>/<slug:slug>/", helpful.Helpful.as_view(), name="helpful"),
    path("helpful/<slug:kind>/<slug:slug>/thanks/", helpful.Thanks.as_view(), name="helpful_thanks"),
    path("search/", search_page, name="search"),
    path("preview/<str:token>/", preview.shared_preview, name="preview"),
    path("glossary/", views.glossary, name="glossary"),
    path("feed/", feeds.feed, name="feed"),
    path("social/<slug:kind>/<slug:slug>/<slug:digest>.png", social_images.social_image, name="social_image"),
    # Practical pages stand at the root; this pattern comes last in njspine/urls.py.
    path("<slug:slug>/", views.info, name="info"),
]
