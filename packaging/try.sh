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

man --where vboxcloud vboxcloud-node vbc_node_list
/packages/client

for way in remove purge; do
	apt-get -y install /packages/new/*.deb
	apt-get -y $way vboxcloud libvboxcloud0 libvboxcloud-dev python3-libcloud-virtualbox
	test -z "$(ours)"
	test -z "$(states | grep -v ' not-installed$')"
done
