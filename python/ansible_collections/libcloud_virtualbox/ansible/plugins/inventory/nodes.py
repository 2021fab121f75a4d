# SPDX-License-Identifier: Apache-2.0
"""Nodes of VirtualBox hosts as hosts of Ansible."""
from __future__ import annotations

DOCUMENTATION = r"""
name: nodes
short_description: Nodes of VirtualBox hosts
description:
  - Lists the nodes (virtual machines) of VirtualBox hosts, through their web service vboxwebsrv,
    with what is needed to log in to them.
  - Where the command C(vboxcloud) made a node from here, Ansible logs in with the same private key
    as C(vboxcloud node ssh) does. Both keep host keys by the node, in the same files, as several
    nodes are reached at ports of one host, which other nodes get later.
  - A node is called by its name here, or by its id where another one has that name, or where the
    name could be taken for something else, as a pattern, C(localhost) or an id. Where several hosts have
    a node of that id, the host's name follows it.
  - The file is YAML, and its name ends with C(.yml) or C(.yaml).
author: the authors of libcloud-virtualbox
requirements:
  - the Python package C(libcloud-virtualbox), where Ansible is installed
extends_documentation_fragment:
  - constructed
  - inventory_cache
options:
  plugin:
    description: That it is such a file.
    required: true
    type: str
    choices: [libcloud_virtualbox.ansible.nodes]
  host:
    description: The host, as NAME, NAME:PORT, or a URL like C(https://vb1.example:18083); or what the
      command's C(--host) takes, a host or a fleet of its configuration, C(all), or C(vb1,vb2).
    type: str
    env:
      - name: VBOXCLOUD_HOST
  hosts:
    description: Several hosts instead, without the command's configuration. Each is a URL, or a
      dictionary with C(host), C(name), C(user), C(password), C(password_file), C(ca_file),
      C(fingerprint); what it does not have is as given for all.
    type: list
    elements: raw
  host_timeout:
    description: What each of several hosts has for the whole list, in seconds. One that does not
      answer is a warning, and its nodes are listed as they were last seen, in the state unknown.
    type: float
    default: 5
  user:
    description: The user to log on as; none, where the host asks for none.
    type: str
    default: ""
    env:
      - name: VBOXCLOUD_USER
  password:
    description: The password of that user, preferably as one of C(ansible-vault).
    type: str
  password_file:
    description: The path of a file that holds it instead; one that is not absolute is beside the
      inventory file.
    type: str
    env:
      - name: VBOXCLOUD_PASSWORD_FILE
  ca_file:
    description: The path of a PEM file that the host's certificate is verified against, and nothing
      else; one that is not absolute is beside the inventory file.
    type: str
    env:
      - name: VBOXCLOUD_CA_FILE
  fingerprint:
    description: The SHA-256 of the one certificate that is accepted.
    type: str
    env:
      - name: VBOXCLOUD_FINGERPRINT
  timeout:
    description: The longest silence of the host within one call, in seconds.
    type: float
    default: 30
  use_ids:
    description: Whether all nodes are called by their ids. Names are chosen by whoever has access to
      the host.
    type: bool
    default: false
"""

EXAMPLES = r"""
# lab.yml, for: ansible-inventory -i lab.yml --graph
plugin: libcloud_virtualbox.ansible.nodes
host: https://vb1.example:18083
user: cloud
password_file: vb1.password

# Or all hosts of a fleet of the command's configuration
# host: lab

# Further groups and variables
keyed_groups:
  - prefix: image
    key: vboxcloud_image
groups:
  large: vboxcloud_cpus >= 4
compose:
  ansible_python_interpreter: "'/usr/bin/python3'"

# Asked anew after five minutes only
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible-inventory
cache_timeout: 300
"""

import json
import os
import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Optional

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

def untrusted(values: Any) -> Any:
    """What is no template of Jinja's, to a release of Ansible (before 2.19) that takes text for one."""
    if hasattr(BaseInventoryPlugin, "trusted_by_default"):
        return values
    from ansible.utils.unsafe_proxy import wrap_var

    return wrap_var(values)


Facts = "dict[str, Any]"
SSH_PORT = 22
_NAME = re.compile(r"[^\W_][\w.-]*")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)  # what another node may be called by
_RESERVED = {"all", "ungrouped", "localhost"}


def facts_of(node: Any) -> Facts:
    """What is known of a node of the driver, as plain JSON."""
    extra = node.extra
    return {
        "id": node.id,
        "name": node.name,
        "state": str(node.state),
        "host": extra["host"],
        "tags": extra["tags"] or {},
        "image": extra["image_id"],
        "size": extra["size_id"],
        "cpus": extra["cpus"],
        "memory": extra["memory"],
        "disk": extra["disk"],
        "os_type": extra["os_type"],
        "protected": extra["protected"],
        "public_ips": list(node.public_ips),
        "private_ips": list(node.private_ips),
        "ssh_port": extra["ssh_port"] or SSH_PORT,
        "username": extra["username"],
    }


def way_to(facts: Facts) -> tuple[str, int]:
    """Where its SSH server is. An address that nobody knows is one that nobody has: Ansible would try
    the node's name, which may be that of another machine."""
    for address in facts["public_ips"]:
        return address, facts["ssh_port"]
    for address in facts["private_ips"]:
        return address, SSH_PORT
    return f"{facts['id']}.invalid", SSH_PORT


def can_be_name(name: str) -> bool:
    """Whether it is taken for a host, and for nothing else: no pattern, no address, no group."""
    return bool(
        _NAME.fullmatch(name)
        and not re.fullmatch(r"[\d.]+", name)
        and name.lower() not in _RESERVED
        and not name.startswith(("host_", "state_", "tag_"))
    )


def names_of(nodes: list[Facts], use_ids: bool) -> list[str]:
    """What each is called, in their order. An id is a node's alone on its host only: another host may
    have a node of that id, too, and whoever names a node may call it by another one's."""
    names = Counter(facts["name"] for facts in nodes)
    ids = Counter(facts["id"] for facts in nodes)

    def name_of(facts: Facts) -> str:
        name = str(facts["name"])
        if not use_ids and names[name] == 1 and can_be_name(name) and not _ID.match(name):
            return name
        own = ids[facts["id"]] == 1
        return str(facts["id"]) if own else f"{facts['id']}_{group_name(facts['host'])}"

    return [name_of(facts) for facts in nodes]


def group_name(*words: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", "_".join(filter(None, words)))


def groups_of(facts: Facts) -> Iterable[str]:
    yield group_name("host", facts["host"])
    yield group_name("state", facts["state"])
    for key, value in facts["tags"].items():
        yield group_name("tag", key)
        if value:
            yield group_name("tag", key, value)


def state_folder() -> Path:
    """Where the command keeps which key a node was made with, and host keys."""
    given = os.environ.get("XDG_STATE_HOME", "")
    home = Path(given) if os.path.isabs(given) else Path.home() / ".local/state"
    return home / "vboxcloud"


def identity_of(node_id: str) -> Optional[str]:
    """The path of the private key that the command made a node with, if it is here."""
    try:
        path = (state_folder() / "identity" / node_id).read_text().rstrip("\n")
    except (OSError, UnicodeError):
        return None
    return path if os.path.isabs(path) and os.access(path, os.R_OK) else None


def ssh_options(node_id: str) -> str:
    """The node's host key is its own, whatever address it is reached at."""
    folder = state_folder() / "known_hosts"
    options = [f"HostKeyAlias={node_id}", "CheckHostIP=no", "StrictHostKeyChecking=accept-new"]
    if not re.search(r'["\\\x00-\x1f\x7f]|\$\{', str(folder)):  # ssh cannot be given such a path
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = str(folder / node_id).replace("%", "%%")
        options += [f'UserKnownHostsFile="{path}"', "HashKnownHosts=no"]
    return " ".join(shlex.quote(f"-o{option}") for option in options)


def is_configured(word: str) -> bool:
    """Whether the command's configuration knows it, as a host or several."""
    from libcloud_virtualbox import _config

    if "://" in word:
        return False
    config = _config.Config()
    several = "," in word and "@" not in word  # before an @ there may be a password
    return word in config.hosts or word in config.fleets or word == _config.ALL or several


def login_to(facts: Facts) -> Facts:
    """Ansible's own variables."""
    address, port = way_to(facts)
    variables = {
        "ansible_host": address,
        "ansible_port": port,
        "ansible_user": facts["username"],
        "ansible_ssh_private_key_file": identity_of(facts["id"]),
        "ansible_ssh_common_args": ssh_options(facts["id"]),
    }
    return {name: value for name, value in variables.items() if value is not None}


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """One inventory file."""

    NAME = "libcloud_virtualbox.ansible.nodes"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith((".yml", ".yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        nodes = self._known_nodes(path, cache)
        names = names_of(nodes, self.get_option("use_ids"))
        for name, facts in zip(names, nodes):
            self._add(name, facts)

    def _known_nodes(self, path: str, may_be_old: bool) -> list[Facts]:
        """Those of the cache, where it is that of the same hosts and user. What some hosts did not
        say is asked again the next time."""
        if not self.get_option("cache"):
            return self._list(path)[0]
        key, of = self.get_cache_key(path), self._whose()
        known = self._cache.get(key) if may_be_old else None
        if known and known.get("of") == of:
            return list(known["nodes"])
        nodes, is_whole = self._list(path)
        if is_whole:
            self._cache[key] = {"of": of, "nodes": nodes}
        return nodes

    def _whose(self) -> str:
        """What tells the hosts and the user from others, without passwords."""
        hosts = [
            {key: str(value) for key, value in each.items() if key != "password"}
            if isinstance(each, dict)
            else str(each)
            for each in self.get_option("hosts") or []
        ]
        return json.dumps([self.get_option("host"), hosts, self.get_option("user")])

    def _list(self, path: str) -> tuple[list[Facts], bool]:
        """The nodes, and whether all hosts have said which they have."""
        try:
            from libcloud_virtualbox import errors
            from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver
        except ImportError as error:
            raise AnsibleParserError(
                "the Python package libcloud-virtualbox cannot be used by the Python that runs Ansible, "
                f"{sys.executable}: {error}"
            ) from error
        try:
            driver = VirtualBoxNodeDriver(**self._where(path), **self._how(path))
            nodes = [facts_of(node) for node in driver.list_nodes()]
        except errors.VirtualBoxError as error:
            raise AnsibleParserError(str(error)) from error
        failures = driver.ex_list_failures()
        for failure in failures:
            self.display.warning(f"{failure['host']}: {failure['text']}")
        return nodes, not failures

    def _where(self, inventory: str) -> Facts:
        """Of which hosts it is."""
        host, hosts = self.get_option("host"), self.get_option("hosts")
        if hosts:  # what the environment says is not meant then
            return {
                "hosts": [self._one_of(inventory, each) for each in hosts],
                "host_timeout": self.get_option("host_timeout"),
            }
        if not host:
            raise AnsibleParserError("no host is named: 'host' or 'hosts' is missing")
        if is_configured(str(host)):
            return {"fleet": str(host), "host_timeout": self.get_option("host_timeout")}
        return {"host": str(host)}

    def _one_of(self, inventory: str, given: Any) -> Any:
        """One of several hosts, as the driver takes it."""
        if not isinstance(given, dict):
            return str(given)
        words = dict(given)
        if "user" in words:
            words["username"] = words.pop("user")
        if "ca_file" in words:
            words["ca_cert"] = self._beside(inventory, words.pop("ca_file"))
        if "password" in words or "password_file" in words:
            path = words.pop("password_file", None)
            words["password"] = self._password(inventory, words.get("password"), path)
        return words

    def _how(self, inventory: str) -> Facts:
        """What is given for all hosts."""
        words = {
            "username": self.get_option("user"),
            "password": self._password(
                inventory, self.get_option("password"), self.get_option("password_file")
            ),
            "ca_cert": self._beside(inventory, self.get_option("ca_file")),
            "fingerprint": self.get_option("fingerprint"),
            "timeout": self.get_option("timeout"),
        }
        return {word: value for word, value in words.items() if value}

    def _password(self, inventory: str, given: Any, path: Any) -> str:
        if given and path:
            raise AnsibleParserError("there is a password and a password_file: only one can be meant")
        if not path:
            return str(given or "")
        try:
            text = Path(self._beside(inventory, path)).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeError) as error:
            raise AnsibleParserError(f"cannot read the password file {path}: {error}") from error
        return text.removesuffix("\n").removesuffix("\r")

    @staticmethod
    def _beside(inventory: str, path: Any) -> Any:
        if not path:
            return None
        return os.path.join(os.path.dirname(os.path.abspath(inventory)), os.path.expanduser(path))

    def _add(self, name: str, facts: Facts) -> None:
        shown = {f"vboxcloud_{key}": value for key, value in facts.items()}
        variables = untrusted({**shown, **login_to(facts)})
        self.inventory.add_host(name)
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        for group in groups_of(facts):
            self.inventory.add_host(name, group=self.inventory.add_group(group))
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)
