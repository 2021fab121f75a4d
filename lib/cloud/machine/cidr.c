/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ranges of IPv4 addresses.
 */
#include "machine/cidr.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/str.h"

static bool cidr_parse_address(const char *text, uint32_t *ret)
{
	struct in_addr address;

	if (inet_pton(AF_INET, text, &address) != 1)
		return false;
	*ret = ntohl(address.s_addr);
	return true;
}

bool vbc_cidr_parse(const char *text, struct vbc_cidr *ret)
{
	char address[INET_ADDRSTRLEN];
	size_t n = strcspn(text, "/");
	uint64_t bits;

	if (n >= sizeof(address) || !text[n] || !vbc_parse_u64(text + n + 1, 30, &bits) || bits < 1)
		return false;
	memcpy(address, text, n);
	address[n] = '\0';
	ret->mask = (uint32_t)(UINT32_MAX << (32 - bits));
	return cidr_parse_address(address, &ret->network) && !(ret->network & ~ret->mask);
}

const char *vbc_cidr_join(struct vbc_arena *a, const char *address, const char *mask)
{
	uint32_t ip = 0, bits = 0;

	if (!cidr_parse_address(address, &ip) || !ip || !cidr_parse_address(mask, &bits))
		return vbc_arena_strdup(a, "");
	return vbc_arena_printf(a, "%s/%d", address, __builtin_popcount(bits));
}

const char *vbc_cidr_address(struct vbc_arena *a, const struct vbc_cidr *cidr, int64_t n)
{
	uint32_t ip = n < 0 ? cidr->mask : cidr->network + (uint32_t)n;

	return vbc_arena_printf(a, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255,
				ip & 255);
}
