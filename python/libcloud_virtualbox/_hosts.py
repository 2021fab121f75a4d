# SPDX-License-Identifier: Apache-2.0
"""The host as a whole: what it is, whether it is well, and what was left behind on it."""
from __future__ import annotations

from typing import Any

from ._base import BaseDriver
from ._hints import hinted


class Hosts(BaseDriver):
    """What concerns no single node."""

    def ex_get_api_version(self) -> str:
        """The version of the host's web service interface, like '7_2'.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._raising():
            return self._host.show()["api_version"]

    def ex_get_hypervisor_hostname(self) -> str:
        """The name or address that this driver connects to."""
        return self.host

    def ex_get_hypervisor_sysinfo(self) -> dict[str, Any]:
        """What the host is.

        :return: `version`, `api_version`, `os`, `cpus`, `memory_mb`, `memory_available_mb` (MiB),
            and its folders.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._raising():
            return dict(self._host.show())

    def ex_list_failures(self) -> list[dict[str, str]]:
        """Which hosts could not say what they were asked: none, as one that cannot raises that. A
        driver for several hosts has more to tell.
        """
        return []

    def ex_check_host(self) -> list[dict[str, str]]:
        """Whether the host can be used as a cloud.

        :return: What was looked at: `level` ('ok', 'warning', 'error'), `subject` and `text`, which
            ends with the way out, if one is known.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._raising():
            found = self._host.check()
        return [
            {
                "level": each["level"],
                "subject": each["subject"],
                "text": hinted(each["text"], each["hint"]),
            }
            for each in found
        ]

    def ex_remove_leftovers(
        self, dry_run: bool = False, force: bool = False
    ) -> list[dict[str, str]]:
        """Remove what interrupted programs left on the host. Each call that changes something does
        the most of that by itself.

        :param dry_run: Only tell what there is.
        :param force: Try again also what VirtualBox's service ended over.
        :return: What was removed, or would be: `kind`, `id` and `text`, what it is and why.

        :raises errors.BusyError: Another program is at it.
        """
        with self._raising():
            found = self._host.gc(dry_run=dry_run, force=force)
        return [{"kind": each["kind"], "id": each["id"], "text": each["text"]} for each in found]
