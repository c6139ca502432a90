"""How many statements a request made, how long the database took, and the processor time of the thread that served it,
told in headers to whoever asks for it. Processor time is of this request alone, however busy the machine is."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

ASKED = "HTTP_X_BENCH"
STATEMENTS, MILLISECONDS, PROCESSOR = "X-Bench-Statements", "X-Bench-Sql-Ms", "X-Bench-Cpu-Ms"


def meter(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def counted(request: HttpRequest) -> HttpResponse:
        if ASKED not in request.META:
            return get_response(request)
        spent: list[float] = []

        def timed(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, *rest)
            finally:
                spent.append(time.perf_counter() - began)

        started = time.thread_time()
        with connection.execute_wrapper(timed):
            response = get_response(request)
        response[PROCESSOR] = f"{(time.thread_time() - started) * 1000:.2f}"
        response[STATEMENTS] = str(len(spent))
        response[MILLISECONDS] = f"{sum(spent) * 1000:.1f}"
        return response

    return counted
