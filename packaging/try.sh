# SPDX-License-Identifier: Apache-2.0
# In a clean Debian system, with packages in /packages: do they install, upgrade, work and go?
ours() {
	find / -xdev \( -path /packages -o -path /proc -o -path /sys \) -prune -o \
		\( -name '*vboxcloud*' -o -name '*libcloud[_-]virtualbox*' \) -print | grep -v '/var/cache/man/\|/var/log/' || true
}
states() {
	dpkg-query --show --showformat '${Package} ${Version} ${db:Status-Status}\n' '*vboxcloud*' '*libcloud-virtualbox*'
}

test -z "$(ours)"
apt-get -y install /packages/old/*.deb
test "$(states | grep -c -- '-0a installed')" = 4
apt-get -y install /packages/new/*.deb
test "$(states | grep -c ' installed')" = 4
test "$(states | grep -c -- '-0a ')" = 0

vboxcloud --version
test "$(vboxcloud image catalog --no-header | wc -l)" -gt 5
status=0
vboxcloud --host http://127.0.0.1:1 node list || status=$?
test $status = 4
man --where vboxcloud vboxcloud-node vbc_node_list
gcc -std=c99 -Wall -Werror /usr/share/doc/libvboxcloud-dev/examples/list-nodes.c $(pkg-config --cflags --libs vboxcloud) \
	-o /tmp/list-nodes
status=0
/tmp/list-nodes http://127.0.0.1:1 || status=$?
test $status = 1
python3 - << 'END'
from importlib.metadata import version

from libcloud.compute.providers import get_driver, set_driver
from libcloud_virtualbox import errors

set_driver("virtualbox", "libcloud_virtualbox.virtualbox_driver", "VirtualBoxNodeDriver")
try:
    get_driver("virtualbox")("127.0.0.1", 1).list_nodes()
except errors.ConnectionFailedError as error:
    print(version("libcloud-virtualbox"), error)
else:
    raise SystemExit("a host that is not there was listed")
END

for way in remove purge; do
	apt-get -y install /packages/new/*.deb
	apt-get -y $way vboxcloud libvboxcloud0 libvboxcloud-dev python3-libcloud-virtualbox
	test -z "$(ours)"
	test -z "$(states | grep -v ' not-installed$')"
done
