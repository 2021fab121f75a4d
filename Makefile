# SPDX-License-Identifier: Apache-2.0
# The few commands to know. Meson does the work; each target says what it installs before it does.
#
# Variables: NO_INSTALL=1 (install no packages, only say which are missing), ONLY=pattern (check:
# just the tests whose names match), RELEASE=5.2 (check: the tests on hosts, which speak as that
# release), PREFIX=/usr/local and DESTDIR= (install).

PREFIX ?= /usr/local
export VBOXCLOUD_NO_INSTALL := $(NO_INSTALL)

.DEFAULT_GOAL := build
.PHONY: help build demo check check-cloud-init bench install clean

help:
	@echo 'make           build the library and the command; then: ./run vboxcloud --help'
	@echo 'make demo      a node from an image, start to end, on a real VirtualBox'
	@echo 'make check     all tests; ONLY=pattern runs some, RELEASE=5.2 those on hosts as 5.2'
	@echo 'make check-cloud-init  a Debian with its cloud-init boots from our seed: takes minutes'
	@echo 'make bench     measure'
	@echo 'make install   into PREFIX=/usr/local'
	@echo 'make clean     remove what was built (downloads stay, in .cache/)'
	@echo 'NO_INSTALL=1   only say which packages are missing'

build:
	@tests/deps build
	@test -f build/build.ninja || meson setup --prefix=$(PREFIX) build
	@ninja -C build

demo: build
	@tests/deps demo
	@demo/run

check:
	@tests/deps build check
	@tests/run $(if $(RELEASE),--as '$(RELEASE)') $(if $(ONLY),'$(ONLY)')

check-cloud-init: build
	@tests/check-cloud-init

bench: build
	@bench/run

install: build
	@meson configure build -Dprefix=$(PREFIX)
	@ninja --quiet -C build
	@meson install -C build --no-rebuild

clean:
	rm -rf build build-check
