# SPDX-License-Identifier: Apache-2.0
"""Small stand-ins of the modules of mist.api that our plug-in is written against, for where there is no
checkout of it: documents in memory, and base controllers that call the plug-in's hooks in the order in
which mist does. They are ours, and no more than that; tests/check-mist runs the real ones.
"""
from __future__ import annotations

import sys
import types
import uuid
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

from libcloud.compute.base import NodeImage, NodeLocation, NodeSize

stored: list[Document] = []
sent: list[tuple[tuple[Any, ...], dict[str, Any]]] = []  # to actors


class Found(list[Any]):
    """What a query found."""

    def first(self) -> Any:
        return self[0] if self else None


class Query:
    """`Class.objects`."""

    def __get__(self, _: Any, kind: type[Document]) -> Query:
        self.kind = kind
        return self

    def __call__(self, **wanted: Any) -> Found:
        def fits(document: Document, name: str, value: Any) -> bool:
            name, _, how = name.partition("__")
            has = getattr(document, name, None)
            return has in value if how == "in" else bool(has == value)

        return Found(each for each in stored if isinstance(each, self.kind)
                     and all(fits(each, *item) for item in wanted.items()))

    def get(self, **wanted: Any) -> Any:
        (found,) = self(**wanted)
        return found


class Document:
    """With fields, of which those that are missing have their defaults."""

    objects = Query()

    def __init__(self, **values: Any) -> None:
        self.id, self.extra = uuid.uuid4().hex, {}
        self.__dict__.update(values)

    def save(self) -> Any:
        if self not in stored:
            stored.append(self)
        return self


class Field:
    """Any of mongoengine's."""

    def __init__(self, *_: Any, default: Any = None, **__: Any) -> None:
        self.default = default

    def __set_name__(self, _: Any, name: str) -> None:
        self.name = name

    def __get__(self, document: Any, _: Any = None) -> Any:
        return self if document is None else self.default  # one that was set hides this


class MistError(Exception):
    """mist's."""

    def __init__(self, msg: Any = None, exc: Any = None) -> None:
        super().__init__(f"{type(self).__name__}: {msg}")
        self.orig_exc = exc or (msg if isinstance(msg, Exception) else None)


class Cloud(Document):
    """Each class has a controller."""

    owner, name, deleted, _controller_cls = "org", "cloud", None, None

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.ctl = self._controller_cls(self) if self._controller_cls else None


class Machine(Document):
    """With what mist does with one."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.actions, self.state, self.ssh_port = types.SimpleNamespace(), "", 22
        self.calls: list[Any] = []
        self.ctl = types.SimpleNamespace(associate_key=lambda *a, **k: self.calls.append((a, k)))

    def assign_to(self, user: Any) -> None:
        self.user = user

    def reload(self) -> None:
        pass


class BaseController:
    """Of one kind of things."""

    def __init__(self, main: Any) -> None:
        self.main, self.cloud, self._conn = main, main.cloud, None

    def connect(self) -> Any:
        return self._connect()

    @property
    def connection(self) -> Any:
        self._conn = self._conn or self.connect()
        return self._conn


def shown(thing: Any) -> dict[str, Any]:
    """mist.api.helpers.node_to_dict."""
    known = {key: value for key, value in vars(thing).items() if key != "driver"}
    for key in ("size", "image"):
        if hasattr(known.get(key), "__dict__"):
            known[key] = shown(known[key])
    if "state" in known:
        known["state"] = str(known["state"].value)
    return known


class BaseComputeController(BaseController):
    """Lists machines, and carries out plans."""

    def _list_machines(self) -> list[Any]:
        try:
            nodes = [shown(node) for node in self.connection.list_nodes()]
        except Exception as error:
            raise modules["mist.api.exceptions"].CloudUnavailableError(exc=error) from error
        return [self._update_machine_from_node(node, {}, {}, {}, None)[0] for node in nodes]

    list_machines = _list_machines

    def _update_machine_from_node(self, node: Any, *_: Any) -> tuple[Any, bool]:
        machine = Machine.objects(cloud=self.cloud, external_id=node["id"]).first()
        is_new = machine is None
        machine = machine or Machine(cloud=self.cloud, external_id=node["id"])
        machine.name, machine.state, machine.extra = node["name"], node["state"], node["extra"]
        machine.location = self._list_machines__get_location(node)
        machine.size = self._list_machines__get_custom_size(node)
        self._list_machines__machine_actions(machine, node)
        self._list_machines__postparse_machine(machine, node)
        return machine.save(), is_new

    def _list_machines__machine_actions(self, machine: Any, node: Any) -> None:
        machine.actions.tag = True

    def create_machine(self, plan: dict[str, Any]) -> Any:
        kwargs = self._create_machine__compute_kwargs(plan)
        try:
            node = self._create_machine__create_node(kwargs)
        except Exception as error:
            raise modules["mist.api.exceptions"].MachineCreationError(str(error), error) from error
        self._create_machine__post_machine_creation_steps(node, kwargs, plan)
        return node

    def _create_machine__compute_kwargs(self, plan: dict[str, Any]) -> dict[str, Any]:
        def document(kind: str) -> Any:
            return Document.objects(id=plan.get(kind, {}).get("id")).first()

        image, driver = document("image"), self.connection
        kwargs: dict[str, Any] = {
            "name": plan["machine_name"], "auth": document("key"), "size": plan["size"],
            "image": NodeImage(image.external_id, image.name, driver, image.extra)}
        if "id" in plan["size"]:
            size = document("size")
            kwargs["size"] = NodeSize(size.external_id, size.name, size.ram, size.disk, None, None,
                                      driver, {"cpus": size.cpus})
        if document("location"):
            kwargs["location"] = NodeLocation(document("location").external_id, "", "", driver)
        return {key: value for key, value in kwargs.items() if value}

    def produce_and_publish_patch(self, *_: Any, **__: Any) -> None:
        pass


class BaseStorageController(BaseController):
    """Lists volumes."""

    def _list_volumes__fetch_volumes(self) -> Any:
        return self.cloud.ctl.compute.connection.list_volumes()

    def get_libcloud_volume(self, volume: Any) -> Any:
        (found,) = [each for each in self._list_volumes__fetch_volumes()
                    if each.id == volume.external_id]
        return found


class BaseMainController:
    """Has the others."""

    def __init__(self, cloud: Any) -> None:
        self.cloud = cloud
        self.compute = self.ComputeController(self)
        self.network = self.NetworkController(self)
        self.storage = self.StorageController(self)


def kinds_of(base: type, *names: str) -> dict[str, type]:
    return {name: type(name, (base,), {}) for name in names}


def create_machine(auth_context: Any, cloud_id: str, key_id: Any, machine_name: str, location_id: Any,
                   image_id: str, size: Any, networks: Any = (), script: str = "", script_id: str = "",
                   script_params: str = "", job_id: Any = None, job: Any = None, hostname: str = "",
                   plugins: Any = None, post_script_id: str = "", post_script_params: str = "",
                   cloud_init: str = "", schedule: Any = None, tags: Any = None, volumes: Any = (),
                   expiration: Any = None, description: str = "", port_forwards: Any = None,
                   monitoring: bool = False) -> str:
    """Of the other providers."""
    return "original"


clouds: dict[str, type] = {}
networks: dict[str, type] = {}
actor = types.SimpleNamespace(send=lambda *a, **k: sent.append((a, k)))
modules: dict[str, Any] = {}  # as they were made
CONTENT: dict[str, dict[str, Any]] = {
    "mongoengine": kinds_of(Field, "StringField", "IntField", "BooleanField", "EmbeddedDocumentField"),
    "mist.api": {},
    "mist.api.tasks": {"post_deploy_steps": actor},
    "mist.api.exceptions": {"MistError": MistError, **kinds_of(
        MistError, "BadRequestError", "CloudUnauthorizedError", "CloudUnavailableError",
        "ConflictError", "ForbiddenError", "InternalServerError", "MachineCreationError",
        "MachineNotFoundError", "NetworkNotFoundError", "NotFoundError", "VolumeNotFoundError")},
    "mist.api.helpers": {"node_to_dict": shown, "check_host": lambda host: None,
                         "sanitize_host": lambda host: host.split("//")[-1].split(":")[0]},
    "mist.api.clouds": {},
    "mist.api.clouds.controllers": {},
    "mist.api.clouds.controllers.main": {},
    "mist.api.clouds.controllers.main.base": {"BaseMainController": BaseMainController},
    "mist.api.clouds.controllers.compute": {},
    "mist.api.clouds.controllers.compute.base": {
        "BaseComputeController": BaseComputeController, "dnat": lambda owner, host, port: (host, port)},
    "mist.api.clouds.controllers.network": {},
    "mist.api.clouds.controllers.network.base": {"BaseNetworkController": BaseController},
    "mist.api.clouds.controllers.storage": {},
    "mist.api.clouds.controllers.storage.base": {"BaseStorageController": BaseStorageController},
    "mist.api.clouds.models": {
        "Cloud": Cloud, "CLOUDS": clouds, "__all__": [],
        **kinds_of(Document, "CloudLocation", "CloudSize"),
        "_populate_clouds": lambda: clouds.update(
            virtualbox=modules["mist.api.clouds.models"].VirtualBoxCloud)},
    "mist.api.images": {},
    "mist.api.images.models": kinds_of(Document, "CloudImage"),
    "mist.api.keys": {},
    "mist.api.keys.models": kinds_of(Document, "Key"),
    "mist.api.machines": {},
    "mist.api.machines.models": {"Machine": Machine},
    "mist.api.machines.methods": {
        "create_machine": create_machine, "machine_name_validator": lambda provider, name: name,
        "validate_portforwards": lambda given: None},
    "mist.api.networks": {},
    "mist.api.networks.models": {
        "Network": type("Network", (Document,), {"missing_since": None}), "NETWORKS": networks,
        "_populate_class_mapping": lambda mapping, *_: mapping.update(
            virtualbox=modules["mist.api.networks.models"].VirtualBoxNetwork)},
    "mist.api.secrets": {},
    "mist.api.secrets.models": kinds_of(Document, "SecretValue"),
    "mist.api.tag": {},
    "mist.api.tag.methods": {"add_tags_to_resource": lambda owner, resources, tags: None},
    "mist.api.volumes": {},
    "mist.api.volumes.models": kinds_of(Document, "Volume"),
}


class Maker(MetaPathFinder, Loader):
    """Imports them."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        return ModuleSpec(name, Maker(), is_package=True) if name in CONTENT else None

    def exec_module(self, module: types.ModuleType) -> None:
        modules[module.__name__] = module
        vars(module).update(CONTENT[module.__name__])


def install() -> Callable[[str], Any]:
    """From now on they are what is imported."""
    sys.meta_path.insert(0, Maker())
    return modules.__getitem__
