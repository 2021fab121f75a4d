# SPDX-License-Identifier: Apache-2.0
"""Creating machines by the first version of mist's API, which its web page uses.

mist.api does that in one function, which knows each provider by name. For our clouds this takes its
place: the arguments become a plan, as the second version of the API has them, and what mist does
with any new machine follows.
"""
from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from random import randrange
from typing import Any

from libcloud.compute.base import Node

PROVIDER = "virtualbox"


def wrapped(original: Callable[..., Any]) -> Callable[..., Any]:
    """The function that takes its place: `original` for the clouds of others."""
    signature = inspect.signature(original)

    @functools.wraps(original)
    def create_machine(*args: Any, **kwargs: Any) -> Any:
        from mist.api.clouds.models import Cloud

        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = bound.arguments
        cloud = Cloud.objects.get(
            owner=given["auth_context"].owner, id=given["cloud_id"], deleted=None)
        if cloud.ctl.provider != PROVIDER:
            return original(*args, **kwargs)
        return _create(cloud, given)

    return create_machine


def _create(cloud: Any, given: dict[str, Any]) -> dict[str, Any]:
    node = cloud.ctl.compute.create_machine(plan(cloud, given))
    machine = _stored(cloud, node)
    _complete(machine, node, given)
    cloud.ctl.compute.produce_and_publish_patch([], [machine], first_run=True)
    _deploy(cloud, node, given)
    return {"id": node.id, "name": node.name, "extra": node.extra, "job_id": given["job_id"],
            "public_ips": node.public_ips, "private_ips": node.private_ips}


def plan(cloud: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments as a plan."""
    from mist.api.machines.methods import machine_name_validator, validate_portforwards

    compute = cloud.ctl.compute
    if given["port_forwards"]:
        validate_portforwards(given["port_forwards"])
    made = {
        "cloud": {"id": cloud.id, "name": cloud.name},
        "machine_name": machine_name_validator(PROVIDER, given["machine_name"]),
        "size": _size(given["size"]),
        "image": {"id": given["image_id"]},
        "location": {"id": given["location_id"]},
        "key": {"id": given["key_id"]},
        "networks": compute._generate_plan__parse_networks(
            given["auth_context"], given["networks"], None),
        "volumes": [_volume(compute, each) for each in given["volumes"]],
        "cloudinit": given["cloud_init"],
        "description": given["description"],
        "port_forwards": (given["port_forwards"] or {}).get("ports"),
    }
    return {name: value for name, value in made.items() if value}


def _size(given: Any) -> dict[str, Any]:
    """The id of a size, or the numbers of a custom one."""
    if not isinstance(given, dict):
        return {"id": given}
    numbers = {"cpus": given.get("cpu") or given.get("cpus") or 1, "ram": given.get("ram") or 256}
    disk = given.get("disk_primary") or given.get("disk")
    return {**numbers, "disk": disk} if disk else numbers


def _volume(compute: Any, given: dict[str, Any]) -> Any:
    known = given.get("volume_id") or given.get("id")
    return {"id": known} if known else compute._generate_plan__parse_custom_volume(given)


def _stored(cloud: Any, node: Node) -> Any:
    """The machine as mist has stored it when it was created, or does now."""
    from mist.api.machines.models import Machine

    found = Machine.objects(cloud=cloud, external_id=node.id).first()
    if not found:
        cloud.ctl.compute.list_machines()
        found = Machine.objects.get(cloud=cloud, external_id=node.id)
    return found


def _complete(machine: Any, node: Node, given: dict[str, Any]) -> None:
    """What mist keeps of a machine besides what the host says: its owner, end, key and tags."""
    from mist.api.keys.models import Key
    from mist.api.tag.methods import add_tags_to_resource

    context = given["auth_context"]
    machine.assign_to(context.user)
    if given["expiration"]:
        machine.expiration = _end(context, machine, given["expiration"])
        machine.save()
    if given["key_id"]:
        key = Key.objects.get(owner=context.owner, id=given["key_id"], deleted=None)
        machine.ctl.associate_key(key, username=node.extra.get("username") or "",
                                  port=node.extra.get("ssh_port") or 22, no_connect=True)
    if given["tags"]:
        add_tags_to_resource(
            context.owner, [{"resource_type": "machine", "resource_id": machine.id}], given["tags"])
    machine.reload()


def _end(context: Any, machine: Any, expiration: dict[str, Any]) -> Any:
    """The schedule by which it expires."""
    from mist.api.schedules.models import Schedule

    name = f"{machine.name}-expiration-{randrange(1000)}"
    return Schedule.add(
        context, name, schedule_type="one_off",
        description="Scheduled to run when machine expires", task_enabled=True,
        schedule_entry=expiration.get("date"), action=expiration.get("action"),
        selectors=[{"type": "machines", "ids": [machine.id]}],
        notify=expiration.get("notify", ""), notify_msg=expiration.get("notify_msg", ""))


def _deploy(cloud: Any, node: Node, given: dict[str, Any]) -> None:
    """Scripts, monitoring and schedules follow once it can be reached."""
    from mist.api import tasks

    same = ("script", "key_id", "script_id", "script_params", "job_id", "job", "hostname",
            "plugins", "post_script_id", "post_script_params", "schedule", "location_id")
    tasks.post_deploy_steps.send(
        given["auth_context"].serialize(), cloud.id, node.id, given["monitoring"],
        port=node.extra.get("ssh_port") or 22, **{name: given[name] for name in same})
