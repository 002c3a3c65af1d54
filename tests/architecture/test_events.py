"""Every event is on the wiring page: heard, or listed as unheard."""

from __future__ import annotations

import importlib
import sys

from palaver.kit.events import Event, wired
from tests.architecture import house


def kinds(of: type[Event] = Event) -> set[type[Event]]:
    """Every kind of event. A dataclass with slots is made twice; the first make lingers under the same name."""
    found = set()
    for kind in of.__subclasses__():
        if getattr(sys.modules[kind.__module__], kind.__name__, None) is kind:
            found |= {kind} | kinds(kind)
    return {kind for kind in found if kind.__module__.startswith("palaver.")}


def test_each_event_is_wired_or_listed_unheard() -> None:
    for module in house.modules("**/events.py"):
        importlib.import_module(".".join(module.relative_to(house.SOURCE.parent).with_suffix("").parts))
    importlib.import_module("palaver.project.wiring")
    assert kinds(), "No event was found; look where they went."
    assert sorted(kind.__qualname__ for kind in kinds() - wired()) == []


def test_events_are_kept_in_the_events_module_of_their_package() -> None:
    assert sorted(kind.__module__ for kind in kinds() if not kind.__module__.endswith(".events")) == []
