#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drivers that come and go, threads, forks, interrupts, pickles: no session or memory is lost."""
from __future__ import annotations

import copy
import ctypes
import gc
import os
import pickle
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from live import HOST, LiveTest, main, new_driver, unique, version
from proxylib.client import Proxy

LOGON, LOGOFF = "IWebsessionManager_logon", "IWebsessionManager_logoff"
POLLS = 200
WARM = 1 + 6  # calls of a new driver, and of a list when nothing was changed
TICK_S = 0.02
WAKES = 10  # of ours and of the host's threads, until an exception is out
SECRET = "never-to-be-seen"


class Interrupted(Exception):
    """What a worker's time limit raises in a thread."""


def resident_kib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])


class Lifetime(LiveTest):
    """Seen through a proxy that counts the calls."""

    @contextmanager
    def proxied(self) -> Iterator[Proxy]:
        with Proxy(HOST, tls_ca=os.environ.get("VBOXCLOUD_CA_FILE")) as proxy:
            yield proxy

    def sessions(self, proxy: Proxy) -> int:
        """Web sessions that are open."""
        calls = proxy.calls()["by_method"]
        return calls.get(LOGON, 0) - calls.get(LOGOFF, 0)

    def test_driver_of_each_poll(self) -> None:
        """A driver made for each of 200 polls loses neither sessions nor memory."""
        resident = []
        self.make()
        with self.proxied() as proxy:
            for i in range(1, POLLS + 1):
                new_driver(proxy.url, ca_cert=None).list_nodes()
                if i % (POLLS // 4) == 0:
                    gc.collect()
                    resident.append(resident_kib())
            self.assertEqual((1, 1), (self.sessions(proxy), proxy.calls()["by_method"][LOGON]))
        # What is lost grows always; what the allocator keeps, once.
        growth = [after - before for before, after in zip(resident, resident[1:])]
        self.assertLess(min(growth), 128, f"KiB more after each {POLLS // 4} polls: {growth}")

    def test_calls_of_polls(self) -> None:
        """A driver made for each poll asks once for all nodes when nothing was changed."""
        self.make()
        for _ in range(3):
            self.make(ex_linked_clone=True)
        for _ in range(12):
            self.foreign()
        with self.proxied() as proxy:
            for _ in range(3):
                proxy.reset()
                nodes = new_driver(proxy.url, ca_cert=None).list_nodes()
                gc.collect()
            calls = Counter(proxy.calls()["order"])
        # VirtualBox answers now and then as if there were no event.
        calls["IEventSource_getEvent"] = min(calls["IEventSource_getEvent"], calls["IEvent_getType"])
        self.assertGreaterEqual(len(nodes), 16)
        asked = 2 * len(nodes) if version() < (7, 0) else 0  # their disks
        self.assertLessEqual(calls.total(), WARM + asked, calls)

    def test_drivers_share_a_session(self) -> None:
        with self.proxied() as proxy:
            drivers = [new_driver(proxy.url, ca_cert=None) for _ in range(5)]
            for driver in drivers:
                driver.list_nodes()
            self.assertEqual(1, proxy.calls()["by_method"][LOGON])
            drivers[0].disconnect()
            self.assertNotIn(LOGOFF, proxy.calls()["by_method"])
            drivers[0].list_nodes()
            del driver, drivers
            gc.collect()
            new_driver(proxy.url, ca_cert=None).list_nodes()
            self.assertEqual(1, proxy.calls()["by_method"][LOGON])

    def test_exit(self) -> None:
        """A program that ends without a word logs off, and says nothing."""
        program = "import live; keep = live.new_driver({!r}, ca_cert=None); keep.list_nodes()"
        with self.proxied() as proxy:
            done = subprocess.run([sys.executable, "-c", program.format(proxy.url)], text=True,
                                  cwd=Path(__file__).parent, capture_output=True, check=False)
            self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))
            self.assertEqual(0, self.sessions(proxy))

    def test_fork(self) -> None:
        """A child uses and drops its parent's driver; the parent's session lives on."""
        with self.proxied() as proxy:
            driver = new_driver(proxy.url, ca_cert=None)
            driver.list_nodes()
            child = os.fork()
            if not child:
                try:
                    driver.list_nodes()
                    del driver
                    gc.collect()
                    os._exit(0)
                finally:
                    os._exit(1)
            self.assertEqual(0, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            self.assertEqual(1, self.sessions(proxy))
            driver.list_nodes()
            self.assertEqual(2, proxy.calls()["by_method"][LOGON])
            del driver
            gc.collect()
            self.assertEqual(1, self.sessions(proxy))

    def test_threads(self) -> None:
        """Sixteen threads list on one driver and see the same."""
        node, seen = self.make(name=unique("\U0001f9f5")), []

        def work() -> None:
            for _ in range(5):
                seen.append([each.name for each in self.driver.list_nodes() if each.id == node.id])

        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([[node.name]] * 80, seen)

    def interrupted(self, work: Callable[[], object]) -> tuple[float, float]:
        """After how many seconds an exception that is raised in a thread at work comes out; and how
        much later than they asked for threads were woken meanwhile, at the worst."""
        raised, late = list[float](), 0.0

        def run() -> None:
            try:
                work()
            except Interrupted:
                raised.append(time.monotonic())

        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(2.1)  # into a step of a wait
        begun = time.monotonic()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0),
                                                   ctypes.py_object(Interrupted))
        while thread.is_alive() and time.monotonic() < begun + 20:
            slept = time.monotonic()
            thread.join(TICK_S)
            late = max(late, time.monotonic() - slept - TICK_S)
        self.assertEqual(1, len(raised), "it came out")
        return raised[0] - begun, late

    def assert_prompt(self, work: Callable[[], object]) -> None:
        """Waits are in steps of half a second. Of the second that is allowed the rest is for the
        call that is under way, and a busy machine gets what it takes to wake up that often."""
        took, late = self.interrupted(work)
        self.assertLess(took, 1 + WAKES * late)

    def test_exception_in_a_wait(self) -> None:
        """An exception that is raised in a thread that waits for a node comes out in a second."""
        node = self.make(ex_start=True)
        self.assert_prompt(lambda: self.driver._host.node_wait(node.id, "stopped"))
        self.assertEqual(node.state, self.again(node).state)

    def test_exception_in_a_call(self) -> None:
        """One while the host does not answer, too; the next call is answered."""
        with self.proxied() as proxy:
            driver = new_driver(proxy.url, ca_cert=None)
            proxy.rules([{"do": "delay", "method": "IVirtualBox_getMachines", "ms": 6000}])
            self.assert_prompt(driver.list_nodes)
            proxy.rules([])
            driver.list_nodes()

    def test_exception_in_a_queue(self) -> None:
        """One while another thread is at work on the same node, too; that one is not disturbed."""
        node = self.make()
        with self.proxied() as proxy:
            driver = new_driver(proxy.url, ca_cert=None)
            proxy.rules([{"do": "delay", "method": "IMachine_setDescription", "ms": 6000}])
            first = threading.Thread(target=driver.ex_describe_node, args=(node, "first"))
            first.start()
            time.sleep(1)
            self.assert_prompt(lambda: driver.ex_describe_node(node, "second"))
            first.join()
            self.assertEqual("first", driver.ex_get_node(node.id).extra["description"])

    def test_pickle_and_copy(self) -> None:
        """Nodes can be copied and pickled; a pickle holds no password."""
        node = self.again(self.make())
        new_driver()  # comes and goes
        for other in (copy.copy(node), copy.deepcopy(node), pickle.loads(pickle.dumps(node))):
            self.assertEqual((node.id, node.name, node.uuid, node.extra, node.created_at),
                             (other.id, other.name, other.uuid, other.extra, other.created_at))
            self.assertIs(self.driver, other.driver)

    def test_pickle_of_a_password(self) -> None:
        """A pickle finds a driver with the password, or says that there is none."""
        if self.driver.username:
            self.skipTest("needs a host that takes any password")
        driver = new_driver(username="anybody", password=SECRET)
        data = pickle.dumps(driver)
        self.assertNotIn(SECRET.encode(), data)
        self.assertIs(driver, pickle.loads(data))
        program = f"import pickle, live\npickle.loads({data!r})"
        done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parent, text=True,
                              capture_output=True, check=False)
        self.assertEqual(1, done.returncode)
        self.assertIn("CredentialsError: a pickle holds no password", done.stderr)


if __name__ == "__main__":
    main()
