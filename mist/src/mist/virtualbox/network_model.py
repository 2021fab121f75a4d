# SPDX-License-Identifier: Apache-2.0
"""A network of mist's: what is stored of one of a VirtualBox host."""
from __future__ import annotations

import mongoengine as me
from mist.api.networks.models import Network


class VirtualBoxNetwork(Network):
    """`kind` is the driver's word for it: 'nat_network', 'host_only', 'bridged' ..."""

    kind = me.StringField(default="nat_network")
    dhcp = me.BooleanField(default=True)
