# SPDX-License-Identifier: Apache-2.0
"""All tests: those that Meson knows of, and the programs in tests/ that need no compiling."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import sample
from . import builds
from .builds import ROOT

# What the tests of a name need, where it is more than the build: a host that they share with the
# others of their kind, one at a time, or hosts of their own. Of the shared ones there are two; what
# installs takes the first alone, as two of these cannot use one build at the same time.
HOSTS = (
    (r"cli/(bad-hosts|config|host-config|hostile|usage)|memory/", ""),
    (r"cli/(auth|host-add-secure)", "secure"),
    (r"package/", "installed"),
    (r"(cli|host|threads|release|python[^/]*)/|selftest/proxy", "shared"),
    (r"trouble/|selftest/(vboxhost|soak)", "own"),
)
# After so long a test hangs. Those that fail or kill each operation at each of its calls take long.
SECONDS = ((r"trouble/(killed|torture|teleport)", 3000), (r"cli/(guest|launch|login)|python[^/]*/deploy", 3600),
           (r"cli/releases|trouble/(forgotten|gc|removed|restarted)|selftest/soak", 1800), (r"", 600))
PROGRAMS = ("tests/cli/test_*.py", "tests/trouble/test_*.py", "tests/package/test_*.py",
            "tests/*-selftest")
# Programs that are two tests: what the second is called, and the argument that makes it that.
SECOND = {"trouble/killed": ("trouble/killed-disks", "--disks"),
          "trouble/torture": ("trouble/torture-disks", "--disks")}
# Programs that load the driver into a Python without sanitizers, or measure memory.
PLAIN = {"cli/ansible", "trouble/fleet-hundred"}
# Meson's suites, each with the build that it is run on.
FIRST = "asan"
SUITES = {"unit": FIRST, "lint": FIRST, "host": FIRST, "threads": "tsan", "release": "release"}
# What the Python driver is tested with: each libcloud, and the tests that are run with it. All are
# run with the newest; of those with older ones a run of all tests takes a sample.
LIBCLOUDS = {"newest": r"", "3.4.1": r"", "3.1.0": r"(fleet|mist|networks|original)$"}
OLDER = r"python-(?!newest/)"
# Variants, and how the host starts anew between each two commands there (between.py); a test takes
# so many times as long.
BETWEEN, BETWEEN_TIMES = {"restarting/": "--keep-running", "expiring/": "--only-sessions"}, 6


@dataclass
class Test:
    """A program to run."""
    name: str
    command: list[str]
    build: str = "asan"
    targets: list[str] | None = None  # of the build, that it needs; None: all
    tap: bool = True
    folder: Path = ROOT  # to run it in
    env: dict[str, str] = field(default_factory=dict)
    place: str = ""  # of the hosts of its kind, the one that it is run on
    variant: str = ""  # what its name begins with when it is run in another way: "as-5.2/"
    release: str = ""  # that the host is to emulate; "": none
    why_not: str = ""  # it cannot be run

    @property
    def host(self) -> str:
        """The kind of host it needs: shared, secure, own or none."""
        return next((kind for pattern, kind in HOSTS if re.match(pattern, self.own_name)), "")

    @property
    def seconds(self) -> int:
        times = BETWEEN_TIMES if self.variant in BETWEEN else 1
        return times * next(seconds for pattern, seconds in SECONDS
                            if re.match(pattern, self.own_name))

    @property
    def own_name(self) -> str:
        return self.name.removeprefix(self.variant)


def from_meson() -> list[Test]:
    """Those that Meson knows of in its first build; the others have the same, at other paths."""
    files, found = builds.files(FIRST), []
    for test in builds.introspect(FIRST, "tests"):
        targets = [file for target in test["depends"] for file in files[target]]
        suites = [name.partition(":")[2] for name in test["suite"]]
        for suite, build in SUITES.items():
            if suite not in suites:
                continue
            command = [word.replace(str(builds.path(FIRST)), str(builds.path(build)))
                       for word in test["cmd"]]
            found.append(Test(f"{suite}/{test['name']}", command, build, targets,
                              test["protocol"] == "tap", builds.path(build), test["env"]))
    return found


def fuzzer(source: Path) -> Test:
    """Ten seconds of it, beginning with what it has found in earlier runs here."""
    program = f"fuzz/{source.stem}"
    path = builds.path("clang") / program
    command = [str(path), "-max_total_time=10", "-timeout=10", "-print_final_stats=1",
               f"-dict={source.with_suffix('.dict')}", "-create_missing_dirs=1", f"{path}.found",
               str(source.with_suffix(".corpus"))]
    return Test(f"fuzz/{source.stem.removeprefix('fuzz-')}", command, "clang", [program], tap=False,
                folder=builds.path("clang"))


def from_file(path: Path) -> list[Test]:
    if path.name.endswith("-selftest"):
        return [Test(f"selftest/{path.name[:-len('-selftest')]}", [str(path)])]
    name = f"{path.parent.name}/{path.stem[len('test_'):].replace('_', '-')}"
    build = "release" if path.parent.name == "package" or name in PLAIN else "asan"
    tests = [Test(name, [str(path)], build)]
    if name in SECOND:
        second, argument = SECOND[name]
        tests.append(Test(second, [str(path), argument], build))
    return tests


def of_python(path: Path) -> list[Test]:
    """A test of the Python driver, with each libcloud that it is for."""
    name = path.stem[len("test_"):].replace("_", "-")
    return [Test(f"python-{libcloud}/{name}", [str(path.parent / "with"), libcloud, str(path)],
                 "release") for libcloud, names in LIBCLOUDS.items() if re.match(names, name)]


def measured() -> Test:
    """The hostile host once more, where no sanitizer takes memory of its own."""
    return Test("memory/hostile", [str(ROOT / "tests/cli/test_hostile.py")], "release")


def released() -> Test:
    """The library against the last release."""
    return Test("abi/last-release", [str(ROOT / "tests/check-abi")])


def everything() -> list[Test]:
    """As they are found."""
    tests = [test for pattern in PROGRAMS for path in sorted(ROOT.glob(pattern))
             for test in from_file(path)]
    tests += [measured(), released()]
    tests += [test for path in sorted(ROOT.glob("tests/python/test_*.py"))
              for test in of_python(path)]
    return tests + from_meson() + [fuzzer(path) for path in sorted(ROOT.glob("fuzz/fuzz-*.c"))]


def in_turn(tests: list[Test]) -> list[Test]:
    """Sorted by what they need, so that what is quickly told comes first and all hosts are kept
    busy; of those with hosts of their own the longest begin."""
    kinds = ("", "installed", "shared", "secure", "own")
    return sorted(tests, key=lambda test: (kinds.index(test.host), -test.seconds))


def sampled(tests: list[Test], seed: str) -> list[Test]:
    """Without the tests of which a sample is taken, but for the sample that a seed takes."""
    older = [test for test in tests if re.match(OLDER, test.name)]
    taken = {test.name for test in sample.of(older, lambda test: test.name, seed)}
    return [test for test in tests if test not in older or test.name in taken]
