# SPDX-License-Identifier: Apache-2.0
"""The commands that the clients run, and how often. Each function makes a plan of one, or none when
there is nothing that it could be run on."""
from __future__ import annotations

import os
from collections.abc import Callable

from soaklib.model import Change, Thing
from soaklib.plan import TIMEOUT_S, Chooser, Plan

MIB = 1 << 20
RUNNING_MOST = 3  # at a time: where machines are interpreted, each start takes its share
LIMIT = ("--timeout", str(TIMEOUT_S))


def is_stopped(node: Thing) -> bool:
    return node.is_surely("state", "stopped")


def pinned(volume: Thing, chooser: Chooser) -> bool:
    """Whether a snapshot of a node may hold it."""
    nodes = [chooser.model.by_id(id_) for id_ in volume.cells["node"].values if id_]
    return volume.loose or any(not node or node.loose or node.base or node.some("snapshot:")
                               for node in nodes)


def has_links(node: Thing, chooser: Chooser) -> bool:
    """Whether another's disk may be linked to it."""
    return any(each.linked is node for each in chooser.model.things)


def shown(thing: Thing, **values: object) -> list[Change]:
    """What a new thing is like."""
    return [Change(thing, name, value) for name, value in ({"there": True} | values).items()]


def size(cpus: int, mib: int, gib: int = 1) -> str:
    return f"{cpus}_cpu-{mib}_ram-{gib}_disk"


# -- images ---------------------------------------------------------------------------------------


def image_import(of: Chooser) -> Plan | None:
    if not of.has_room("image", 3):
        return None
    made = of.new("image", whole=True)
    made.content = of.folder / f"{made.kind}-{of.client}-{of.count}.raw"
    made.content.write_bytes(os.urandom(of.rng.choice([1, 1, 2, 6]) * MIB))
    return Plan("image import", ["image", "import", str(made.content), "--name", made.name, *LIMIT],
                makes=made, changes=shown(made, description=""), limit_s=TIMEOUT_S)


def image_copy(of: Chooser) -> Plan | None:
    image = of.a("image")
    if not image or not of.has_room("image", 4):
        return None
    made = of.new("image", content=image.content, whole=image.whole)
    return Plan("image copy", ["image", "copy", image.id, made.name, "--description", "copy", *LIMIT],
                [image], shown(made, description="copy"), made, limit_s=TIMEOUT_S)


def image_create(of: Chooser) -> Plan | None:
    node = of.a("node")
    if not node or not of.has_room("image", 4):
        return None
    made = of.new("image", content=node.content)
    return Plan("image create", ["image", "create", node.id, made.name, *LIMIT], [node],
                shown(made, description=""), made, may_refuse=not is_stopped(node),
                limit_s=TIMEOUT_S)


def image_export(of: Chooser) -> Plan | None:
    image = of.a("image")
    if not image or not image.whole:
        return None
    file = of.folder / f"export-{of.client}.raw"
    return Plan("image export", ["image", "export", image.id, "-o", str(file), *LIMIT], [image],
                limit_s=TIMEOUT_S, file=file, equals=image.content)


def image_delete(of: Chooser) -> Plan | None:
    image = of.a("image")
    if not image or len(of.of("image", of.client)) < 2:
        return None
    linked = any(node.linked is image for node in of.model.of("node"))
    return Plan("image delete", ["image", "delete", image.id], [image],
                [Change(image, "there", False)], may_refuse=linked)


# -- nodes ----------------------------------------------------------------------------------------


def node_facts(mib: int, state: str = "stopped") -> dict[str, object]:
    return {"state": state, "size": size(1, mib), "description": "", "forward:ssh": 22,
            "adapter:0": "nat"}


def may_run(of: Chooser) -> bool:
    running = [node for node in of.model.of("node")
               if node.cells["state"].values & {"running", "paused"} or node.cells["state"].busy]
    return len(running) < RUNNING_MOST


def node_create(of: Chooser) -> Plan | None:
    image = of.a("image")
    if not image or not of.has_room("node", 4):
        return None
    starts = of.rng.random() < 0.1 and may_run(of)
    linked = of.rng.random() < 0.2
    made = of.new("node", content=image.content, linked=image if linked else None)
    words = ["node", "create", "--image", image.id, "--size", size(1, 64, 1),
             *([] if starts else ["--no-start"]), *(["--hostname", "h"] if of.rng.random() < 0.2 else []),
             *LIMIT, "--", made.name]
    return Plan("node create", words, [image],
                shown(made, **node_facts(64, "running" if starts else "stopped")), made,
                limit_s=TIMEOUT_S)


def node_clone(of: Chooser) -> Plan | None:
    node = of.a("node")
    if not node or not of.has_room("node", 4) or not node.cells["size"].sure:
        return None
    linked = of.rng.random() < 0.3
    made = of.new("node", content=node.content, linked=node if linked else None)
    node.base |= linked
    made.loose = True  # it is like the other one, which may be changed meanwhile
    words = ["node", "clone", *(["--linked"] if linked else []), "--no-start", *LIMIT, "--",
             node.id, made.name]
    return Plan("node clone", words, [node], shown(made, state="stopped"), made, limit_s=TIMEOUT_S,
                may_refuse=not is_stopped(node))


def node_destroy(of: Chooser) -> Plan | None:
    node = of.a("node")
    if not node:
        return None
    volumes = [volume for volume in of.model.of("volume") if node.id in volume.cells["node"].values]
    sure = [volume for volume in volumes if volume.is_surely("node", node.id)]
    return Plan("node destroy", ["node", "destroy", node.id, *LIMIT], [node],
                [Change(node, "there", False), *(Change(each, "node", None) for each in sure),
                 *(Change(node, name, None) for name in node.some("snapshot:"))],  # they go first
                loosens=[volume for volume in volumes if volume not in sure],
                may_refuse=has_links(node, of), limit_s=TIMEOUT_S)


def change(verb: str, attribute: str, value: object, node: Thing, *words: str) -> Plan:
    """A change that only a stopped node allows."""
    return Plan(f"node {verb}", ["node", verb, node.id, *words], [node],
                [Change(node, attribute, value)], may_refuse=not is_stopped(node))


def node_rename(of: Chooser) -> Plan | None:
    node, name = of.a("node"), of.name("node")
    return change("rename", "name", name, node, "--", name) if node else None


def node_resize(of: Chooser) -> Plan | None:
    node, wanted = of.a("node"), size(of.rng.choice([1, 2]), of.rng.choice([64, 96, 128]))
    if not node:
        return None
    plan = change("resize", "size", wanted, node, "--size", wanted, *LIMIT)
    plan.limit_s = TIMEOUT_S
    return plan


def node_set_description(of: Chooser) -> Plan | None:
    node, text = of.a("node"), of.name("text")
    if not node:
        return None
    return Plan("node set-description", ["node", "set-description", node.id, text], [node],
                [Change(node, "description", text)])


def node_tag(of: Chooser) -> Plan | None:
    node, key, value = of.a("node"), of.rng.choice("abc"), str(of.rng.randrange(100))
    if not node:
        return None
    if of.rng.random() < 0.3:
        return Plan("node untag", ["node", "untag", node.id, key], [node],
                    [Change(node, f"tag:{key}", None)])
    return Plan("node tag", ["node", "tag", node.id, f"{key}={value}"], [node],
                [Change(node, f"tag:{key}", value)])


def node_start(of: Chooser) -> Plan | None:
    node = of.a("node")
    if not node or not may_run(of):
        return None
    return Plan("node start", ["node", "start", node.id, *LIMIT], [node],
                [Change(node, "state", "running")], limit_s=TIMEOUT_S)


def node_power(of: Chooser) -> Plan | None:
    """What a running node can do; of those that may run, as most do not."""
    nodes = [node for node in (*of.of("node", of.client), *of.of("node", None))
             if node.cells["state"].values & {"running", "paused", "suspended"}]
    if not nodes:
        return None
    node = of.rng.choice(nodes)
    # One that is suspended is as good as stopped, and left so by "stop".
    stop = [] if node.may("state", "suspended") else [("stop", "stopped")] * 2
    verb, state = of.rng.choice([*stop, ("pause", "paused"), ("suspend", "suspended"),
                                 ("resume", "running"), ("discard", "stopped")])
    force = ["--force", *LIMIT] if verb == "stop" else []
    fits = {"stop": "running", "pause": "running", "suspend": "running", "resume": "paused",
            "discard": "suspended"}[verb]
    return Plan(f"node {verb}", ["node", verb, node.id, *force], [node],
                [Change(node, "state", state)], may_refuse=not node.is_surely("state", fits))


# -- volumes and snapshots ------------------------------------------------------------------------


def volume_create(of: Chooser) -> Plan | None:
    if not of.has_room("volume", 4):
        return None
    snapshot = of.a("snapshot") if of.rng.random() < 0.4 else None
    made = of.new("volume", content=snapshot.content if snapshot else None)
    made.loose = bool(snapshot)  # as large as the volume was
    source = ["--snapshot", snapshot.id] if snapshot else ["--size", "1"]
    return Plan("volume create", ["volume", "create", made.name, *source, "--dynamic", *LIMIT],
                [snapshot] if snapshot else [], shown(made, size=1), made, limit_s=TIMEOUT_S)


def volume_of_node(of: Chooser) -> Plan | None:
    node = of.a("node")
    if not node or not of.has_room("volume", 4):
        return None
    made = of.new("volume", content=node.content)
    words = ["volume", "create", made.name, "--node", node.id, "--dynamic", *LIMIT]
    return Plan("volume create", words, [node], shown(made, size=1), made, limit_s=TIMEOUT_S,
                may_refuse=not is_stopped(node))


def volume_rename(of: Chooser) -> Plan | None:
    volume, name = of.a("volume"), of.name("volume")
    if not volume:
        return None
    return Plan("volume rename", ["volume", "rename", volume.id, name], [volume],
                [Change(volume, "name", name)])


def volume_attach(of: Chooser) -> Plan | None:
    volume, node = of.a("volume"), of.a("node")
    if not volume or not node:
        return None
    return Plan("volume attach", ["volume", "attach", volume.id, node.id], [volume, node],
                [Change(volume, "node", node.id)],
                may_refuse=not volume.is_surely("node", None) or not is_stopped(node))


def volume_detach(of: Chooser) -> Plan | None:
    volume = of.a("volume")
    if not volume or volume.is_surely("node", None):
        return None
    nodes = [node for id_ in volume.cells["node"].values if (node := of.model.by_id(id_))]
    refuse = pinned(volume, of) or volume.may("node", None) or not all(map(is_stopped, nodes))
    return Plan("volume detach", ["volume", "detach", volume.id], [volume, *nodes],
                [Change(volume, "node", None)], may_refuse=refuse)


def volume_resize(of: Chooser) -> Plan | None:
    volume = of.a("volume")
    if not volume or not volume.cells["size"].sure or volume.loose:
        return None
    gib = next(iter(volume.cells["size"].values)) + 1
    return Plan("volume resize", ["volume", "resize", volume.id, "--size", str(gib), *LIMIT], [volume],
                [Change(volume, "size", gib)], limit_s=TIMEOUT_S,
                may_refuse=not volume.is_surely("node", None))


def volume_destroy(of: Chooser) -> Plan | None:
    volume = of.a("volume")
    if not volume:
        return None
    return Plan("volume destroy", ["volume", "destroy", volume.id], [volume],
                [Change(volume, "there", False)],
                may_refuse=not volume.is_surely("node", None))


def snapshot_of_volume(of: Chooser) -> Plan | None:
    volume = of.a("volume")
    if not volume or not of.has_room("snapshot", 2):
        return None
    made = of.new("snapshot", content=volume.content)
    words = ["snapshot", "create", made.name, "--volume", volume.id, *LIMIT]
    return Plan("snapshot create", words, [volume], shown(made, of=volume.id), made,
                limit_s=TIMEOUT_S, may_refuse=not volume.is_surely("node", None))


def snapshot_delete(of: Chooser) -> Plan | None:
    snapshot = of.a("snapshot")
    if not snapshot:
        return None
    return Plan("snapshot delete", ["snapshot", "delete", snapshot.id, *LIMIT], [snapshot],
                [Change(snapshot, "there", False)], limit_s=TIMEOUT_S)


def snapshot_of_node(of: Chooser) -> Plan | None:
    node, name = of.a("node"), of.name("snapshot")
    if not node or len(node.some("snapshot:")) > 2:
        return None
    return Plan("snapshot create", ["snapshot", "create", name, "--node", node.id, *LIMIT], [node],
                [Change(node, f"snapshot:{name}", True)], limit_s=TIMEOUT_S,
                may_refuse=not is_stopped(node))


def node_snapshot(of: Chooser) -> tuple[Thing, str] | None:
    """Some snapshot of a node, by name."""
    node = of.a("node")
    names = node.some("snapshot:") if node else []
    return (node, of.rng.choice(names)) if node and names else None


def node_snapshot_delete(of: Chooser) -> Plan | None:
    if not (found := node_snapshot(of)):
        return None
    node, attribute = found
    name = attribute.partition(":")[2]
    return Plan("snapshot delete", ["snapshot", "delete", name, "--node", node.id, *LIMIT], [node],
                [Change(node, attribute, None)], limit_s=TIMEOUT_S,
                may_refuse=has_links(node, of) or len(node.some("snapshot:")) > 1
                or not is_stopped(node))


def node_snapshot_revert(of: Chooser) -> Plan | None:
    if not (found := node_snapshot(of)):
        return None
    node, attribute = found
    volumes = [volume for volume in of.model.of("volume") if node.id in volume.cells["node"].values]
    return Plan("snapshot revert",
                ["snapshot", "revert", node.id, attribute.partition(":")[2], *LIMIT], [node],
                loosens=[node, *volumes], limit_s=TIMEOUT_S,
                may_refuse=not is_stopped(node) or not node.is_surely(attribute, True))


# -- networks, forwards, keys ---------------------------------------------------------------------


def forward_add(of: Chooser) -> Plan | None:
    node, port = of.a("node"), of.rng.randrange(1, 60000)
    if not node or len(node.some("forward:")) > 4:
        return None
    name = f"f{of.client}-{of.count}-{port}"
    return Plan("forward add", ["forward", "add", node.id, str(port), "--name", name], [node],
                [Change(node, f"forward:{name}", port)], may_refuse=not is_stopped(node))


def forward_delete(of: Chooser) -> Plan | None:
    node = of.a("node")
    names = node.some("forward:") if node else []
    if not node or not names:
        return None
    attribute = of.rng.choice(names)
    return Plan("forward delete", ["forward", "delete", node.id, attribute.partition(":")[2]], [node],
                [Change(node, attribute, None)], may_refuse=not is_stopped(node))


def network_create(of: Chooser) -> Plan | None:
    if not of.has_room("network", 2):
        return None
    made = of.new("network")
    cidr = f"10.{of.client + 1}.{of.count % 256}.0/24"
    return Plan("network create", ["network", "create", made.name, "--cidr", cidr],
                makes=made, changes=shown(made, cidr=cidr))


def network_delete(of: Chooser) -> Plan | None:
    network = of.a("network")
    if not network:
        return None
    return Plan("network delete", ["network", "delete", network.name], [network],
                [Change(network, "there", False)])


def adapter_attach(of: Chooser) -> Plan | None:
    node, slot = of.a("node"), of.rng.randrange(1, 4)
    if not node:
        return None
    refuse = not is_stopped(node) or not node.is_surely(f"adapter:{slot}", None)
    words = ["network", "attach", node.id, "nat", "--adapter", str(slot)]
    return Plan("network attach", words, [node], [Change(node, f"adapter:{slot}", "nat")],
                may_refuse=refuse)


def adapter_detach(of: Chooser) -> Plan | None:
    node = of.a("node")
    slots = [name for name in (node.some("adapter:") if node else []) if name != "adapter:0"]
    if not node or not slots:
        return None
    attribute = of.rng.choice(slots)
    words = ["network", "detach", node.id, "--adapter", attribute.partition(":")[2]]
    return Plan("network detach", words, [node], [Change(node, attribute, None)],
                may_refuse=not is_stopped(node) or not node.is_surely(attribute, "nat"))


def key_import(of: Chooser) -> Plan | None:
    if not of.has_room("key", 2):
        return None
    made = of.new("key")
    return Plan("key import", ["key", "import", made.name, str(of.folder / "key.pub")],
                makes=made, changes=shown(made))


def key_delete(of: Chooser) -> Plan | None:
    key = of.a("key")
    if not key:
        return None
    return Plan("key delete", ["key", "delete", key.name], [key], [Change(key, "there", False)])


# -- what only looks ------------------------------------------------------------------------------


def look(of: Chooser) -> Plan | None:
    noun = of.rng.choice(["node", "node", "image", "volume", "key", "network"])
    return Plan(f"{noun} list", [noun, "list"], lists=noun)


def snapshot_list(_: Chooser) -> Plan | None:
    return Plan("snapshot list", ["snapshot", "list"], lists="snapshot")


def show(of: Chooser) -> Plan | None:
    thing = of.a(of.rng.choice(["node", "image", "volume"]))
    return Plan(f"{thing.kind} show", [thing.kind, "show", thing.id], [thing]) if thing else None


def host_look(of: Chooser) -> Plan | None:
    return Plan(*of.rng.choice([("host show", ["host", "show"]), ("gc", ["gc"]),
                                ("forward list", ["forward", "list"])]))


OPERATIONS: dict[Callable[[Chooser], Plan | None], int] = {
    image_import: 3, image_copy: 2, image_create: 2, image_export: 3, image_delete: 3,
    node_create: 8, node_clone: 4, node_destroy: 5, node_rename: 4, node_resize: 3,
    node_set_description: 3, node_tag: 5, node_start: 2, node_power: 6,
    volume_create: 5, volume_of_node: 2, volume_rename: 3, volume_attach: 4, volume_detach: 5,
    volume_resize: 3, volume_destroy: 3, snapshot_of_volume: 3, snapshot_delete: 2,
    snapshot_of_node: 3, node_snapshot_delete: 3, node_snapshot_revert: 2,
    forward_add: 4, forward_delete: 3, network_create: 2, network_delete: 2, adapter_attach: 2,
    adapter_detach: 2, key_import: 2, key_delete: 2, look: 10, snapshot_list: 2, show: 5,
    host_look: 2}
