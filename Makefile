# SPDX-License-Identifier: Apache-2.0
# The few commands to know. Meson does the work; each target says what it installs before it does.
#
# Variables: NO_INSTALL=1 (install no packages, only say which are missing), ONLY=pattern (check,
# check-mist: just the tests whose names match), RELEASE=5.2 (check: the tests on hosts, which emulate
# that release), SEED=n (check: the sample that another run took), MIST_API=PATH (check-mist: a checkout
# of mist.api), SUITE=trixie (deb, check-deb, check-wheel), SECONDS=3600, CLIENTS=16 and SEED=n (check-soak), PREFIX=/usr/local, LIBDIR= (in PREFIX;
# else where the system looks for libraries) and DESTDIR= (install, uninstall), BUILD=build (where it is
# built).

PREFIX ?= /usr/local
override PREFIX := $(patsubst ~/%,$(HOME)/%,$(PREFIX))
BUILD ?= build
# It may be relative to here; Meson would take it as relative to BUILD.
export override DESTDIR := $(if $(filter-out /%,$(firstword $(DESTDIR))),$(CURDIR)/)$(DESTDIR)
export VBOXCLOUD_NO_INSTALL := $(NO_INSTALL)

.DEFAULT_GOAL := build
.PHONY: help build demo check check-all check-abi check-ansible check-catalog check-cloud-init check-deb check-mist check-soak check-stale check-portable check-valgrind check-wheel bench docs deb wheel install uninstall clean

help:
	@echo 'make           build the library and the command; then: ./run vboxcloud --help'
	@echo 'make demo      a node from an image, start to end, on a real VirtualBox'
	@echo 'make check     all tests; ONLY=pattern runs some, RELEASE=5.2 those on hosts that emulate 5.2'
	@echo 'make check-all the same, with everything of which make check takes a sample'
	@echo 'make check-abi  whether programs built with the last release run with this library'
	@echo 'make check-ansible  Ansible logs in to a real guest: takes minutes'
	@echo 'make check-catalog  whether the images of the catalog are where it says: takes a network'
	@echo 'make check-cloud-init  a Debian with its cloud-init boots from our seed: takes minutes'
	@echo 'make check-deb SUITE=bookworm  make a node with the packages of make deb in a clean bookworm, by autopkgtest'
	@echo 'make check-mist MIST_API=PATH  mist.io with our plug-in, of a checkout of mist.api; ONLY=pattern'
	@echo 'make check-soak  an hour of many clients and all kinds of trouble; SECONDS=600 is shorter'
	@echo 'make check-stale  ten minutes of lists while their nodes change; SECONDS=60 is shorter'
	@echo 'make check-valgrind    malicious hosts, with the command under valgrind'
	@echo 'make docs      the documentation as one tree of HTML, in BUILD/site'
	@echo 'make deb       Debian packages, in build-deb/; SUITE=trixie builds and tries them in a clean trixie'
	@echo 'make wheel     an sdist, and a wheel for PyPI that needs nothing of the system, in build-wheel/'
	@echo 'make check-wheel  used in clean Debians: bullseye, bookworm and trixie, or SUITE; and built once more'
	@echo 'make check-portable  the library for systems unlike this one; ONLY=s390x'
	@echo 'make bench     measure'
	@echo 'make install   into PREFIX=/usr/local'
	@echo 'make uninstall remove what was installed there'
	@echo 'make clean     remove what was built (downloads stay, in .cache/)'
	@echo 'NO_INSTALL=1   only say which packages are missing'

# Where it is installed: known when it is built, as a command outside the system's folders is told
# where its library is.
libdir = "$(or $(LIBDIR),$$(python3 install/loader.py folder '$(PREFIX)'))"

# What is to be installed for it: all that a target needs is told at once, before anything is built.
needs = build
demo: needs = build demo host guest
check-abi: needs = build abi
check-ansible check-cloud-init: needs = build check host guest
check-mist check-soak check-stale: needs = build check host guest
check-valgrind: needs = build valgrind
bench: needs = build bench host guest
docs: needs = build docs

build:
	@tests/deps $(needs)
	@test -f '$(BUILD)/build.ninja' || meson setup --prefix='$(PREFIX)' --libdir=$(libdir) '$(BUILD)'
	@ninja -C '$(BUILD)'

demo: build
	@demo/run

check:
	@tests/deps build check host guest
	@tests/run $(if $(RELEASE),--as '$(RELEASE)') $(if $(SEED),--seed $(SEED)) $(if $(value ONLY),'$(value ONLY)')

check-all:
	@tests/deps build check host guest
	@tests/run --whole $(if $(value ONLY),'$(value ONLY)')

check-abi: build
	@VBOXCLOUD_BUILD='$(abspath $(BUILD))' tests/check-abi

check-ansible: build
	@tests/check-ansible

check-catalog:
	@tests/check-catalog || test $$? -eq 77

check-cloud-init: build
	@tests/check-cloud-init

check-mist: build
	@tests/check-mist '$(MIST_API)' $(if $(value ONLY),'$(value ONLY)')

check-soak: build
	@VBOXCLOUD_BUILD='$(BUILD)' tests/soak $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(CLIENTS),--clients $(CLIENTS))

check-stale: build
	@meson configure '$(BUILD)' -Dtests=true && ninja -C '$(BUILD)' tests/host/lister
	@VBOXCLOUD=$(abspath $(BUILD))/tool/vboxcloud VBOXCLOUD_BUILD='$(BUILD)' STALE_SECONDS=$(or $(SECONDS),600) \
		$(if $(SEED),STALE_SEED=$(SEED)) tests/trouble/test_stale.py

check-valgrind: build
	@tests/check-valgrind

bench: build
	@bench/run

docs: build
	@docs/site/build.py '$(BUILD)' '$(BUILD)/site'

# Packages are built in a clean system where a suite of Debian's is named, and tried in another one.
deb:
	@tests/deps host $(if $(SUITE),,build deb)
	@packaging/deb $(if $(SUITE),--in '$(SUITE)') 'build-deb/$(SUITE)'
	$(if $(SUITE),@packaging/deb --try '$(SUITE)' 'build-deb/$(SUITE)')

check-deb:
	@tests/deps host
	@packaging/deb --test '$(or $(SUITE),$(error SUITE says of which Debian, such as SUITE=bookworm))' 'build-deb/$(SUITE)'

wheel:
	@tests/deps wheel
	@packaging/wheel build-wheel

# The nodes of a host are listed in each.
check-wheel:
	@tests/deps wheel host
	@test -n '$(wildcard build-wheel/*.whl)' || packaging/wheel build-wheel
	@packaging/wheel --twice build-wheel
	@tests/vboxhost up --name wheel
	@for suite in $(or $(SUITE),bullseye bookworm trixie); do \
		(eval "$$(tests/vboxhost env --name wheel)" && packaging/wheel --try $$suite build-wheel) || exit; done
	@tests/vboxhost down --name wheel

check-portable:
	@tests/deps wheel host portable
	@packaging/portable $(if $(value ONLY),'$(value ONLY)')

install: build
	@python3 install/files.py place '$(BUILD)' '$(PREFIX)' $(libdir)
	@ninja --quiet -C '$(BUILD)'
	@python3 install/files.py note '$(BUILD)'
	@meson install -C '$(BUILD)' --no-rebuild

uninstall:
	@test -f '$(BUILD)/build.ninja' || meson setup --prefix='$(PREFIX)' --libdir=$(libdir) '$(BUILD)'
	@python3 install/files.py place '$(BUILD)' '$(PREFIX)' $(libdir)
	@ninja --quiet -C '$(BUILD)' build.ninja
	@python3 install/files.py remove '$(BUILD)'

clean:
	rm -rf '$(BUILD)' build-check build-wheel
