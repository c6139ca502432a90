"""The program as gunicorn serves it, with one address more: a view without any middleware."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

django.setup()
with override_settings(MIDDLEWARE=[]):
    without = WSGIHandler()
program = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = without if environ["PATH_INFO"] == "/bench/bare" else program
    return handler(environ, start_response)
