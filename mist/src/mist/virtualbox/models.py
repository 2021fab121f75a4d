# SPDX-License-Identifier: Apache-2.0
"""A cloud of mist's: what is stored of a VirtualBox host."""
from __future__ import annotations

import mongoengine as me
from mist.api.clouds.models import Cloud
from mist.api.secrets.models import SecretValue

from .main import VirtualBoxMainController


class VirtualBoxCloud(Cloud):
    """A VirtualBox host, by the address of its web service `vboxwebsrv`.

    `ssh_address` is the address of the host at which SSH of machines behind NAT is forwarded.
    Without one that is all of them, or the loopback address if mist reaches the host by that.
    """

    host = me.StringField(required=True)
    port = me.IntField(required=True, default=18083)
    tls = me.BooleanField(default=False)
    username = me.StringField(required=False)
    password = me.EmbeddedDocumentField(SecretValue, required=False)
    ca_cert_file = me.EmbeddedDocumentField(SecretValue, required=False)
    ssh_address = me.StringField(required=False, default="")

    _private_fields = ("password", "ca_cert_file")
    _controller_cls = VirtualBoxMainController
