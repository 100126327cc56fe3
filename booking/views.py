from django.http import HttpResponse


def start(request, **kwargs):
    return HttpResponse("")


def call_me(request, **kwargs):
    return HttpResponse("")
