"""Panels that departments hang on another's page at start-up: whose page it is imports none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Panel:
    """`read(subject, user)` gives the template's context, or None where there is nothing to show. Fixed query count."""

    code: str
    title: str
    position: int
    template: str
    read: Callable[[Any, "User"], dict[str, Any] | None]


class Board:
    """The panels of one page."""

    def __init__(self) -> None:
        self.panels: dict[str, Panel] = {}

    def register(self, panel: Panel) -> None:
        self.panels[panel.code] = panel

    def shown(self, subject: Any, user: "User") -> list[tuple[Panel, dict[str, Any]]]:
        ordered = sorted(self.panels.values(), key=lambda panel: panel.position)
        return [(panel, context) for panel in ordered if (context := panel.read(subject, user)) is not None]

    def drawn(self, subject: Any, request: HttpRequest) -> list[tuple[Panel, str]]:
        """Each as it draws itself."""
        found = self.shown(subject, request.user)  # type: ignore[arg-type]
        return [(panel, render_to_string(panel.template, given, request)) for panel, given in found]
