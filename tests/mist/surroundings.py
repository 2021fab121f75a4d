# SPDX-License-Identifier: Apache-2.0
"""What a checkout of mist.api finds around it here: our plug-in installed, its database, its secrets,
its messages, mails and its queue of tasks in memory, and names that its own fork of libcloud has.

Nothing of mist.api itself is replaced but its connections to servers. Import this before it.
"""
from __future__ import annotations

import os
import sys
import tempfile
import types
from collections import defaultdict
from enum import Enum
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

ROOT = Path(__file__).resolve().parents[2]
MIST_API = Path(os.environ.get("MIST_API", "")).absolute()
FOLDER = tempfile.TemporaryDirectory()  # where mist finds its settings, and keeps notes
SETTINGS = """
PLUGINS = ["virtualbox"]
MONGO_URI = "mongomock://localhost"
PORTAL_URI = "http://localhost"
PY_LOG_LEVEL = 50
VERSION_CHECK = False
VICTORIAMETRICS_URI = VICTORIAMETRICS_WRITE_URI = "http://127.0.0.1:9"
"""  # nobody listens there: each listing would wait for the names of servers that meter
# Not called by anything here, and not to be had from PyPI for each Python, or heavy.
ABSENT = ("rstream", "rstream.exceptions", "gevent", "gevent.socket", "gevent.monkey", "sockjs",
          "sockjs.tornado", "pylibmc", "scp", "pyVmomi")

events: list[dict[str, Any]] = []  # what mist has published, the newest last
secrets: dict[str, dict[str, Any]] = defaultdict(dict)  # its Vault: by name


class ClusterState(Enum):
    """Of the fork's module for containers."""

    RUNNING, STARTING, STOPPING, TERMINATED = "running", "starting", "stopping", "terminated"
    PENDING, UNKNOWN, ERROR = "pending", "unknown", "error"
    RECONFIGURING, UPDATING = "reconfiguring", "updating"


def complete_libcloud() -> None:
    """Upstream's libcloud, and each branch of the fork, lack some names that mist.api imports."""
    import libcloud.compute.types
    import libcloud.container.base
    import libcloud.container.drivers.kubernetes
    import libcloud.container.types
    import libcloud.pricing
    import libcloud.utils.misc

    def lacking(module: Any, **names: Any) -> None:
        for name, value in names.items():
            if not hasattr(module, name):
                setattr(module, name, value)

    lacking(libcloud.container.base, ClusterState=ClusterState)
    lacking(libcloud.container.drivers.kubernetes, Node=MagicMock())
    lacking(libcloud.compute.types.NodeState, SUCCEEDED="succeeded", FAILED="failed")
    lacking(libcloud.pricing, get_gce_image_price=MagicMock())
    lacking(libcloud.utils.misc, **{name: MagicMock() for name in
                                    ("to_n_bytes", "to_memory_str", "to_cpu_str", "to_n_cpus")})
    for module in libcloud.compute.types, libcloud.container.types:
        module.Provider = Named(module.Provider)


class Named:
    """An enum of providers that also has names which upstream has dropped."""

    def __init__(self, known: Any) -> None:
        self._known = known

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._known, name, None) or types.SimpleNamespace(value=name.lower())


def stand_in(name: str, **names: Any) -> None:
    """A module that is not there."""
    module = MagicMock(name=name, **names)
    module.__path__, module.__spec__, module.__name__ = [], None, name
    sys.modules[name] = module


def stand_in_queue() -> None:
    """mist.api.dramatiq_app: the same actors, on a broker in memory."""
    import dramatiq
    from dramatiq.brokers.stub import StubBroker
    from dramatiq.results import Results
    from dramatiq.results.backends import StubBackend

    broker = StubBroker()
    broker.add_middleware(Results(backend=StubBackend()))
    dramatiq.set_broker(broker)
    module: Any = types.ModuleType("mist.api.dramatiq_app")
    module.dramatiq, module.broker = dramatiq, broker
    sys.modules[module.__name__] = module


def stand_in_messages() -> None:
    """Before others import these by name."""
    from mist.api import helpers

    def publish(exchange: str, routing_key: str, data: Any, *_: Any, **__: Any) -> None:
        if exchange == "events":
            events.append(data)

    helpers.amqp_publish = publish
    helpers.amqp_publish_user = lambda *_, **__: True
    helpers.amqp_owner_listening = lambda *_, **__: False
    helpers.send_email = lambda *_, **__: True
    helpers.es_client = MagicMock()


class Secrets:
    """Of an organization, as its controller for Vault has them."""

    def __init__(self, org: Any) -> None:
        self.org = org

    def create_or_update_secret(self, name: str, attributes: dict[str, Any]) -> None:
        secrets[name].update(attributes)

    def read_secret(self, name: str) -> dict[str, Any]:
        return secrets[name]

    def delete_secret(self, name: str) -> None:
        secrets.pop(name, None)


def make() -> None:
    """All of it; mist.api can be imported then."""
    os.chdir(FOLDER.name)
    Path("settings.py").write_text(SETTINGS)
    os.environ.update(INTERNAL_KEYS_SECRET="s" * 32, INTERNAL_KEYS_SIGN="s" * 32)
    sys.path[:0] = [str(ROOT / "mist/src"), str(MIST_API / "src")]
    for name in ABSENT:
        try:
            __import__(name)
        except ImportError:
            stand_in(name)
    complete_libcloud()
    stand_in_queue()
    stand_in_messages()
    from mist.api.users.models import Organization

    Organization.secrets_ctl = property(Secrets)
