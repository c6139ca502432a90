"""A bolt whose gate nobody registered would stand open; a gate that no bolt names would hold nothing."""

from typing import Any

from django.core.checks import Error, register

from flow.gates import registry


@register()
def gates_and_bolts(app_configs: Any, **kwargs: Any) -> list[Error]:
    named = {(bolt.subject, code) for bolt in registry.bolts.values() for code in bolt.gates}
    missing = [f"{subject}.{code}" for subject, code in sorted(named - registry.gates.keys())]
    idle = [f"{subject}.{code}" for subject, code in sorted(registry.gates.keys() - named)]
    unknown = [
        guard.code for guards in registry.guards.values() for guard in guards if guard.bolt not in registry.bolts
    ]
    return [
        *(Error(f"gate {name} is named by a bolt and registered by no department", id="flow.E001") for name in missing),
        *(Error(f"gate {name} is registered and holds no bolt", id="flow.E002") for name in idle),
        *(Error(f"guard {name} guards no bolt", id="flow.E003") for name in unknown),
    ]
