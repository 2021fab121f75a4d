# SPDX-License-Identifier: Apache-2.0
"""Additions to modules of mist.api, each made right after that module was executed.

mist.api has no registry for clouds of plug-ins, and a process that meets a cloud of a class that it
does not know stops working on all of them. This is the way to be there in every process, and before
anybody looks.
"""
from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Optional


def _add_cloud(module: Any) -> None:
    from .models import VirtualBoxCloud

    module.VirtualBoxCloud = VirtualBoxCloud
    module.__all__.append("VirtualBoxCloud")
    module._populate_clouds()


def _add_network(module: Any) -> None:
    from .network_model import VirtualBoxNetwork

    module.VirtualBoxNetwork = VirtualBoxNetwork
    module._populate_class_mapping(module.NETWORKS, "Network", module.Network)


def _wrap_create(module: Any) -> None:
    from .create_v1 import wrapped

    module.create_machine = wrapped(module.create_machine)


_ADDITIONS: dict[str, Callable[[Any], None]] = {
    "mist.api.clouds.models": _add_cloud,
    "mist.api.networks.models": _add_network,
    "mist.api.machines.methods": _wrap_create,
}


class _Finder(MetaPathFinder):
    """Finds those modules where they would be found anyway, and adds to them once they are there."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        add = _ADDITIONS.get(fullname)
        spec = self._found_by_others(fullname, path, target) if add else None
        if spec is None or spec.loader is None or add is None:
            return None
        execute = spec.loader.exec_module

        def executed(module: ModuleType) -> None:
            execute(module)
            add(module)

        spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec

    def _found_by_others(self, *wanted: Any) -> Optional[ModuleSpec]:
        found = (finder.find_spec(*wanted) for finder in sys.meta_path if finder is not self)
        return next((spec for spec in found if spec), None)


def install() -> None:
    """From now on, once."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
