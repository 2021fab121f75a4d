# SPDX-License-Identifier: Apache-2.0
"""mist's real web application under WebTest, for an organization with one user and an API token."""
from __future__ import annotations

import functools
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

if not os.environ.get("MIST_API"):
    print("1..0 # SKIP MIST_API names no checkout of mist.api")
    sys.exit(77)

warnings.simplefilter("ignore")
sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "python")]

import live  # the driver, and the host that the runner has chosen
import surroundings

surroundings.make()

import mist.api
import webtest
from dramatiq import Message
from mist.api.auth.methods import AuthContext
from mist.api.auth.models import ApiToken
from mist.api.clouds.models import Cloud
from mist.api.concurrency.models import PeriodicTaskInfo
from mist.api.dramatiq_app import broker
from mist.api.machines.models import Machine
from mist.api.users.models import Organization, User

PeriodicTaskInfo.min_interval = None  # the tests poll more often than mist


class Web:
    """What an API token can do."""

    def __init__(self) -> None:
        self.app = webtest.TestApp(mist.api.main({}))
        self.user = User(email="admin@example.org", status="confirmed").save()
        self.org = Organization(name="org", vault_address="in memory", vault_role_id="role",
                                vault_secret_engine_path="org")
        self.org.add_member_to_team("Owners", self.user)
        self.org.save()
        self.token = ApiToken(name="token", user_id=self.user.id, orgs=[self.org]).save()

    @property
    def context(self) -> AuthContext:
        """What mist knows of who asks."""
        return AuthContext(self.user, self.token, self.org)

    def ask(self, verb: str, path: str, body: Any = None, status: int = 0) -> Any:
        """The answer to a request, which may be any failure if `status` is 0: then its status, too."""
        reply = self.app.request(
            f"/api/v1/{path}", method=verb, expect_errors=True,
            headers={"Authorization": self.token.token, "Content-Type": "application/json"},
            body=json.dumps(body or {}).encode() if verb != "GET" else b"")
        if status and reply.status_int != status:
            raise AssertionError(f"{verb} {path}: {reply.status} {reply.text}")
        answer = reply.json if "json" in reply.content_type else reply.text
        return answer if status else (reply.status_int, answer)

    def get(self, path: str) -> Any:
        return self.ask("GET", path, status=200)

    def post(self, path: str, **body: Any) -> Any:
        return self.ask("POST", path, body, 200)

    def work(self, *actors: str) -> None:
        """Runs what those of mist's actors were sent, as its workers do; others' messages are lost."""
        while messages := [message for queue in list(broker.queues) for message in emptied(queue)]:
            for message in messages:
                if message.actor_name in actors:
                    broker.get_actor(message.actor_name)(*message.args, **message.kwargs)


def emptied(name: str) -> list[Message]:
    """The messages that were in one of the broker's queues."""
    queue, found = broker.queues[name], []
    while not queue.empty():
        found.append(Message.decode(queue.get_nowait()))
        queue.task_done()
    return found


def events(action: str) -> list[dict[str, Any]]:
    """Those of that name that mist has published."""
    return [event for event in surroundings.events if event["action"] == action]


def address() -> dict[str, Any]:
    """What a cloud of the runner's host is added with."""
    parts = live.urlsplit(live.HOST)
    known: dict[str, Any] = {"host": parts.hostname, "port": parts.port}
    if parts.scheme == "https":
        known.update(tls=True, ca_cert_file=Path(os.environ["VBOXCLOUD_CA_FILE"]).read_text())
    if live.USER:
        known.update(username=live.USER, password=live.password())
    return known


the_web = functools.cache(Web)


class MistTest(live.LiveTest):
    """Tests of a cloud in mist for the runner's host, with the tiny image."""

    web: Web
    cloud: str  # its id
    path: str  # of it in the API

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.web = the_web()
        cls.cloud = cls.web.post("clouds", name=f"cloud {cls.__name__}", provider="virtualbox",
                                 **address())["id"]
        cls.path = f"clouds/{cls.cloud}"
        for what in ("locations", "sizes", "images", "networks", "machines"):
            cls.web.get(f"{cls.path}/{what}")

    @property
    def controllers(self) -> Any:
        return Cloud.objects.get(id=self.cloud).ctl

    def listed(self, what: str, **wanted: Any) -> Any:
        """The one thing of a listing that has these values, listed now."""
        found = [each for each in self.web.get(f"{self.path}/{what}")
                 if all(each[key] == value for key, value in wanted.items())]
        self.assertEqual(1, len(found), f"{what}: {wanted}")
        return found[0]

    def machine(self, node: Any) -> Any:
        """A node as mist lists it now."""
        return self.listed("machines", external_id=getattr(node, "id", node))

    def act(self, machine: Any, action: str, **more: Any) -> tuple[int, Any]:
        """Status and answer."""
        return self.web.ask("POST", f"machines/{machine['id']}", {"action": action, **more})

    def does(self, machine: Any, action: str, **more: Any) -> Any:
        status, answer = self.act(machine, action, **more)
        self.assertEqual(200, status, f"{action}: {answer}")
        return answer

    def refuses(self, status: int, text: str, machine: Any, action: str, **more: Any) -> None:
        """It is told why."""
        was, answer = self.act(machine, action, **more)
        self.assertEqual(status, was, answer)
        self.assertRegex(answer, text)
