from django.http import HttpResponse


def livez(request, **kwargs):
    return HttpResponse("")


def readyz(request, **kwargs):
    return HttpResponse("")
