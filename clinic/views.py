from django.http import HttpResponse


def team(request, **kwargs):
    return HttpResponse("")


def practitioner(request, **kwargs):
    return HttpResponse("")


def locations(request, **kwargs):
    return HttpResponse("")


def insurance(request, **kwargs):
    return HttpResponse("")


def contact(request, **kwargs):
    return HttpResponse("")


def image(request, **kwargs):
    return HttpResponse("")
