/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes what is kept in the host's extra data: metadata, entries of the journal, locks. An input
 * is a key, a line feed, and the text under that key. It is built as fuzz-soap-decode.c is.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "disk/recorded.h"
#include "forward/port.h"
#include "journal/recover.h"
#include "transfer/resume.h"
#include "vbox/lease-holder.h"
#include "vbox/meta.h"

/* The linker hands these calls of lib/cloud and lib/vbox to us, see meson.build. */
int __wrap_vbc_IVirtualBox_getExtraData(struct vbc_op *op, vbc_ref self, const char *key,
					const char **ret);
int __wrap_vbc_IVirtualBox_setExtraData(struct vbc_op *op, vbc_ref self, const char *key,
					const char *value);
int __wrap_vbc_IVirtualBox_getVersion(struct vbc_op *op, vbc_ref self, const char **ret);
int __wrap_vbc_host_clock(struct vbc_op *op, int64_t *ret_utc_ms);
int __wrap_vbc_holder_wait(struct vbc_op *op, bool *ret_waited);
int __wrap_vbc_lock_check(struct vbc_op *op, const char *key);

static const char *kept; /* the text under the key */

static volatile size_t seen;

int __wrap_vbc_IVirtualBox_getExtraData(struct vbc_op *op, vbc_ref self, const char *key,
					const char **ret)
{
	(void)op;
	(void)self;
	seen += strlen(key);
	*ret = kept;
	return VBC_OK;
}

/* What is written can be read again, and is the same then. */
int __wrap_vbc_IVirtualBox_setExtraData(struct vbc_op *op, vbc_ref self, const char *key,
					const char *value)
{
	struct vbc_meta *VBC_META again = vbc_meta_parse(value);

	(void)op;
	(void)self;
	(void)key;
	if (!again || !streq(vbc_meta_str(again, "own"), "value") ||
	    vbc_meta_int(again, "number") != -1)
		abort();
	return VBC_OK;
}

int __wrap_vbc_IVirtualBox_getVersion(struct vbc_op *op, vbc_ref self, const char **ret)
{
	(void)ret;
	seen += strlen(self.s);
	return vbc_fail(&op->error, VBC_E_STALE, "it is gone");
}

int __wrap_vbc_host_clock(struct vbc_op *op, int64_t *ret_utc_ms)
{
	(void)op;
	*ret_utc_ms = 1700000000000;
	return VBC_OK;
}

/* Who is silent stays so. */
int __wrap_vbc_holder_wait(struct vbc_op *op, bool *ret_waited)
{
	(void)op;
	*ret_waited = true;
	return VBC_OK;
}

/* Half of the locks can be freed. */
int __wrap_vbc_lock_check(struct vbc_op *op, const char *key)
{
	return strlen(key) % 2 ? VBC_OK : vbc_fail(&op->error, VBC_E_BUSY, "%s is locked", key);
}

static int found(struct vbc_op *op, void *arg, const char *kind, const char *id, const char *text,
		 enum vbc_stuck stuck)
{
	(void)op;
	(void)arg;
	seen += strlen(kind) + strlen(id) + strlen(text) + stuck;
	return VBC_OK;
}

static void recover(struct vbc_op *op, const char *key)
{
	const struct vbc_strs keys = {.n = 1, .v = &key};
	const struct vbc_recover_how all = {.found = found, .dry_run = true};

	if (vbc_recover(op, &keys, &all))
		abort();
}

static void read_values(struct vbc_op *op, const struct vbc_meta *meta)
{
	static const char *const words[] = {"name", "kind", "tags", "created_ms"};
	struct vbc_strs names = {0}, values = {0};

	for (size_t i = 0; i < VBC_COUNT(words); i++) {
		seen += strlen(vbc_meta_str(meta, words[i])) + (size_t)vbc_meta_int(meta, words[i]);
		if (!vbc_meta_pairs(op, meta, words[i], &names, &values) || names.n != values.n)
			abort();
		for (size_t j = 0; j < names.n; j++)
			seen += strlen(names.v[j]) + strlen(values.v[j]);
	}
	seen += vbc_resume_can(meta) + vbc_holder_is_me(meta);
}

static void write_again(struct vbc_op *op, struct vbc_meta *meta)
{
	if (!meta)
		return;
	vbc_meta_set_str(meta, "own", "value");
	vbc_meta_set_int(meta, "number", -1);
	vbc_meta_set_in(meta, "tags", "a", "b");
	vbc_meta_set_in(meta, "tags", "c", NULL);
	if (vbc_meta_put(op, "node", "id", meta))
		abort();
}

static void read_key(const char *key)
{
	enum vbc_NATProtocol protocol;
	const char *node = "";
	unsigned port = 0;

	if (vbc_port_split(key, &protocol, &port, &node))
		seen += strlen(node) + port;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *key = strndup((const char *)data, size), *line = key ? strchr(key, '\n') : NULL;
	struct vbc_op op = {.vbox = {"vbox"}};
	struct vbc_meta *meta;
	struct vbc_disk disk = {.location = "/folder/disk.vdi"};

	if (line) {
		*line = '\0';
		kept = disk.json = line + 1;
		read_key(key);
		recover(&op, key);
		meta = vbc_meta_parse(kept);
		read_values(&op, meta);
		write_again(&op, meta);
		vbc_meta_free(meta);
		seen += strlen(vbc_disk_name(&op, &disk));
	}
	vbc_arena_done(&op.arena);
	free(key);
	return 0;
}

#include "replay.h"
