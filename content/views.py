from django.http import HttpResponse


def get_help_now(request, **kwargs):
    return HttpResponse("")


def conditions(request, **kwargs):
    return HttpResponse("")


def condition(request, **kwargs):
    return HttpResponse("")


def treatments(request, **kwargs):
    return HttpResponse("")


def treatment(request, **kwargs):
    return HttpResponse("")


def articles(request, **kwargs):
    return HttpResponse("")


def article(request, **kwargs):
    return HttpResponse("")


def info(request, **kwargs):
    return HttpResponse("")
