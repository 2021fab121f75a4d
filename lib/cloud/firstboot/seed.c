/* SPDX-License-Identifier: Apache-2.0 */
#include "firstboot/seed.h"

#include "base/str.h"
#include "disk/seed-disc.h"
#include "firstboot/seed-build.h"
#include "key/key.h"
#include "machine/adapter.h"
#include "transfer/upload.h"
#include "vbox/meta.h"

#define ADAPTERS 8 /* that every machine can have */

/* In a journal's entry. */
#define PATH    "seed"
#define SESSION "seed_session"

int vbc_seed_take(const struct vbc_first_boot *from, struct vbc_first_boot *ret,
		  struct vbc_error *err)
{
	*ret = (struct vbc_first_boot)VBC_FIRST_BOOT_INIT;
	memcpy(ret, from, from->size < sizeof(*ret) ? from->size : sizeof(*ret));
	if (ret->user_data && !ret->user_data_size)
		ret->user_data_size = strlen(ret->user_data);
	return vbc_seed_check(ret, err);
}

static int seed_find_keys(struct vbc_op *op, struct vbc_seed *seed)
{
	size_t n = seed->from->n_ssh_keys;
	const char **keys = VBC_ARENA_ARRAY(&op->arena, const char *, n);
	int code = keys ? VBC_OK : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < n; i++) {
		code = vbc_key_line(op, seed->from->ssh_keys[i], &keys[i]);
		if (code && n > 1)
			vbc_error_prefix(&op->error, code, "key %zu of %zu", i + 1, n);
	}
	seed->keys = keys;
	return code;
}

int vbc_seed_prepare(struct vbc_op *op, const char *name, struct vbc_seed *seed)
{
	const struct vbc_first_boot *from = seed->from;
	int code = VBC_OK;

	if (seed->init && streq(seed->init, "none"))
		return vbc_fail(&op->error, VBC_E_ARG,
				"the image's guest reads no seed (its `init` is 'none'): omit "
				"keys, password, host name and user data");
	if (!vbc_op_has(op, VBC_M_IMedium_openForIO))
		return vbc_fail(
			&op->error, VBC_E_VERSION,
			"VirtualBox %s cannot take a seed for the first boot (6.0 and later can): "
			"use an image whose guest learns its password from DMI strings (`init` "
			"'dmi'), or omit keys, password, host name and user data",
			op->session->version_text);
	seed->hash = "";
	seed->hostname = vbc_seed_hostname(&op->arena, from->hostname ? from->hostname : name);
	if (!seed->hostname)
		return vbc_fail_nomem(&op->error);
	if (from->password)
		code = vbc_seed_hash(&op->arena, from->password, &seed->hash, &op->error);
	return code ? code : seed_find_keys(op, seed);
}

int vbc_seed_begin(struct vbc_op *op, struct vbc_seed *seed, struct vbc_meta *entry)
{
	int code = vbc_upload_begin(op, &seed->session);

	if (code)
		return code;
	vbc_meta_set_str(entry, PATH, seed->path);
	vbc_meta_set_str(entry, SESSION, seed->session.s);
	return VBC_OK;
}

/* It becomes a part of a text in the seed. */
static int seed_check_mac(struct vbc_op *op, const char *mac)
{
	const char *text = vbc_mac_text(op, mac);

	if (!text)
		return vbc_fail_nomem(&op->error);
	return text[0] ? VBC_OK
		       : vbc_fail(&op->error, VBC_E_PROTOCOL,
				  "the host gives '%.40s' as the hardware address of an adapter",
				  mac);
}

/* The hardware addresses of the adapters, up to the first that is off. */
static int seed_find_macs(struct vbc_op *op, vbc_ref machine, const char *macs[ADAPTERS],
			  size_t *ret_n)
{
	bool on = true;
	size_t n = 0;
	int code = VBC_OK;

	for (uint32_t slot = 0; !code && slot < ADAPTERS; slot++) {
		vbc_ref adapter = {NULL};

		code = vbc_IMachine_getNetworkAdapter(op, machine, slot, &adapter);
		if (!code)
			code = vbc_INetworkAdapter_getEnabled(op, adapter, &on);
		if (code || !on)
			break;
		code = vbc_INetworkAdapter_getMACAddress(op, adapter, &macs[n]);
		if (!code)
			code = seed_check_mac(op, macs[n++]);
	}
	*ret_n = n;
	return code;
}

static int seed_build_image(struct vbc_op *op, const struct vbc_seed *seed, vbc_ref machine,
			    struct vbc_buf *image)
{
	const char *macs[ADAPTERS];
	struct vbc_seed_facts facts = {
		.instance_id = seed->instance_id,
		.hostname = seed->hostname,
		.keys = seed->keys,
		.n_keys = seed->from->n_ssh_keys,
		.password_hash = seed->hash,
		.user_data = seed->from->user_data ? seed->from->user_data : "",
		.user_data_size = seed->from->user_data ? seed->from->user_data_size : 0,
		.macs = macs,
	};
	int code = seed_find_macs(op, machine, macs, &facts.n_macs);

	return code ? code : vbc_seed_build(&facts, image, &op->error);
}

int vbc_seed_create(struct vbc_op *op, struct vbc_seed *seed, vbc_ref machine)
{
	struct vbc_buf VBC_BUF image = {.max = VBC_SEED_MAX};
	struct vbc_upload upload = {.session = seed->session,
				    .path = seed->path,
				    .what = op->progress.what,
				    .from = op->progress.percent,
				    .to = op->progress.percent};
	int code = seed_build_image(op, seed, machine, &image);

	upload.data = image.data;
	upload.size_bytes = image.len;
	if (!code)
		code = vbc_upload_file(op, &upload);
	if (!code)
		vbc_upload_end(op, seed->session);
	return code ? code : vbc_seed_open(op, seed->path, &seed->disc);
}

int vbc_seed_undo(struct vbc_op *op, const struct vbc_meta *entry, bool *ret_used)
{
	const char *path = vbc_meta_str(entry, PATH);

	if (ret_used)
		*ret_used = false;
	if (!path[0])
		return VBC_OK;
	vbc_upload_end(op, (vbc_ref){vbc_meta_str(entry, SESSION)});
	return vbc_seed_wipe(op, path, ret_used);
}
