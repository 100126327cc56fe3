"""Every address of the site. What is fixed comes before content's `/<slug>/`, which comes last."""

from django.contrib import admin
from django.urls import include, path

from njspine import health, home, sitemaps, views
from njspine.gallery.views import gallery

urlpatterns = [
    path("", home.home, name="home"),
    path("appointments/", include("booking.urls")),
    path("admin/", admin.site.urls),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("sitemap.xml", sitemaps.sitemap_xml, name="sitemap_xml"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("_components/", gallery, name="gallery"),
    path("", include("clinic.urls")),
    path("", include("content.urls")),
]

handler400 = "njspine.errors.bad_request"
handler403 = "njspine.errors.permission_denied"
handler404 = "njspine.errors.page_not_found"
handler500 = "njspine.errors.server_error"
