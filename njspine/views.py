from django.http import HttpResponse


def home(request, **kwargs):
    return HttpResponse("")


def robots_txt(request, **kwargs):
    return HttpResponse("")


def sitemap_xml(request, **kwargs):
    return HttpResponse("")


def security_txt(request, **kwargs):
    return HttpResponse("")
