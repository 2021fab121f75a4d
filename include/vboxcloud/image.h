/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images: the hard disks in the host's images folder, from which nodes are made.
 */
#ifndef VBOXCLOUD_IMAGE_H
#define VBOXCLOUD_IMAGE_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vbc_image {
	const char *id; /* the medium's UUID                                       */
	const char *name;
	const char *location;  /* the file on the host                                    */
	const char *format;    /* "VDI"                                                   */
	uint64_t size_bytes;   /* what the guest sees; 0: unknown, its file cannot be read */
	uint64_t used_bytes;   /* on the host's disk; 0: unknown                          */
	int64_t created_at_ms; /* since 1970 UTC; 0: unknown                              */
	const char *os_type;   /* VirtualBox's id, "Debian_64"; "" unknown                */
	const char *description;
	unsigned min_cpus, min_memory_mib, min_disk_gib; /* 0: none stated                     */
	const char *init;   /* how its guest learns of its first boot: "nocloud", "dmi",
			       "none" (not at all); "" unknown                          */
	const char *origin; /* what it was made from, for people: "debian.qcow2"        */
	const char *sha256; /* of what was uploaded, as sha256sum has it: the file, the disk in an
			       archive, unpacked, the parts put together; "" unknown    */
	/* What its guest needs of a machine; "" unknown: as VirtualBox makes them.            */
	const char *firmware; /* "bios", "efi", "efi-secure" (secure boot), "efi32", "efi64",
				 "efidual"                                                  */
	const char *chipset;  /* "piix3", "ich9", "armv8virtual"                            */
	const char *tpm;      /* "none", "1.2", "2.0", "host"                               */
	const char *username; /* who logs in to its nodes, "debian"; "" unknown             */
};

struct vbc_images {
	size_t n;
	const struct vbc_image *const *v;
};

/*
 * Lists the images, by name. *ret_images is the caller's, free it with vbc_images_free().
 * Errors as vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_image_list(struct vbc_host *host, struct vbc_images **ret_images, struct vbc_error *err);
void vbc_images_free(struct vbc_images *images);

/*
 * Finds one image by its id or by a name that only one has. *ret_image is the caller's, free it
 * with vbc_image_free(). Errors: VBC_E_NOTFOUND, VBC_E_ARG (several have that name; their ids
 * are in the text), and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_image_get(struct vbc_host *host, const char *id_or_name, struct vbc_image **ret_image,
		  struct vbc_error *err);
void vbc_image_free(struct vbc_image *image);

/* How to import. Start from VBC_IMAGE_IMPORT_OPTS_INIT; strings are borrowed for the call. */
struct vbc_image_import_opts {
	size_t size;
	const char *name;        /* NULL: the file's name without folder and suffixes       */
	const char *os_type;     /* VirtualBox's id; NULL: "Linux_64"                       */
	const char *description; /* NULL: ""                                                */
	unsigned min_cpus, min_memory_mib, min_disk_gib;
	const char *init;     /* as in struct vbc_image; NULL: unknown                   */
	const char *format;   /* that the file has: "raw", "qcow2", "vdi", "vmdk", "vhd"; NULL: told
			       * by content                                                 */
	const char *firmware; /* "bios", "efi", "efi-secure"; NULL: the archive's, or unknown */
	const char *username; /* who logs in to its nodes; NULL: unknown                     */
	const char *sha256;   /* that the file must have, in hexadecimal; NULL: any          */
	const char *checksum_url; /* of a list that has the file's checksum; NULL: none      */
	unsigned max_gib;         /* the most that is fetched, and that it unpacks to; 0: 64     */
};

#define VBC_IMAGE_IMPORT_OPTS_INIT                                                                 \
	{                                                                                          \
		.size = sizeof(struct vbc_image_import_opts)                                       \
	}

/*
 * Imports a disk image: vdi, vmdk, vhd, qcow2 or raw, told by content. What is surely none (a web
 * page, a CD image, ...) is refused, and so is what shows no sign of a raw disk: neither a
 * partition table, a boot sector or a file system nor a name that ends in .raw, .img, .dd or .hdd;
 * with the format "raw" stated, both are taken. Another format than the one that is stated is
 * refused. A plain path names a file
 * here, as does "file:///path", which is uploaded through the web service; "host:/path" names a
 * file on the host, which is opened there and left as it is. Either may also be an ova with one
 * disk, whose system, CPUs and memory then count where opts states none (on the host its name ends
 * in ".ova"). A file here may also be an ovf with its disk beside it, the text of a vmdk in several
 * files, and packed: in a tar, zip or 7z archive with one disk image or machine in it, or
 * compressed with gzip, xz, zstd, bzip2, lzma or lz4. It is then read once before it is uploaded,
 * and unpacked as it is. Connections that break during an upload are made anew for half a minute.
 * An upload that ends for good after 64 MiB or more, because of that or because its program was
 * killed, stays on the host for an hour (or until vbc_gc()), and the next import of the same
 * content goes on from there. The image becomes a VDI in the images folder. A failed or cancelled
 * import leaves nothing on the host.
 *
 * "https://..." and "http://..." are fetched, and "-" is standard input. What a server gives from
 * any place, and is not packed, is uploaded as it comes; all else goes into a temporary file
 * without a name in the user's cache folder first, of which the host's log function is told. A
 * connection that breaks is made anew for half a minute, and goes on where it broke if the server
 * can, with the same version of the file. TLS is verified with the system's certificates, or those
 * that SSL_CERT_FILE names; redirects are followed within the same scheme, at most 10; a URL with a
 * user or password is refused. The environment's http_proxy, https_proxy, all_proxy and no_proxy
 * count for these, and never for a host. With another checksum than the stated one, nothing is left
 * on the host. `checksum_url` is a URL of http, https or file; its list has the file's name, and
 * lines as sha256sum or BSD write them, of SHA-256, SHA-384 or SHA-512. Signatures are not
 * verified.
 *
 * opts may be NULL, wait may be NULL. *ret_image is the caller's, free it with vbc_image_free().
 * Errors: VBC_E_ARG (not an image VirtualBox can open, another checksum, too large, a URL that
 * cannot be used), VBC_E_NOTFOUND (no such file), VBC_E_FETCH (its server cannot be reached, is not
 * trusted or fails), VBC_E_EXISTS (an image of that name), VBC_E_SPACE, VBC_E_VERSION (uploads need
 * VirtualBox 6.0, secure boot 7.0), VBC_E_TIMEOUT, VBC_E_CANCELLED, and those of vbc_host_show().
 * Any thread. Since 0.1.
 */
int vbc_image_import(struct vbc_host *host, const char *file,
		     const struct vbc_image_import_opts *opts, const struct vbc_wait *wait,
		     struct vbc_image **ret_image, struct vbc_error *err);

/*
 * What to record of an image that is made of something on the host. Start from
 * VBC_IMAGE_CREATE_OPTS_INIT; strings are borrowed for the call; NULL and 0: as what it is made of.
 */
struct vbc_image_create_opts {
	size_t size;
	const char *os_type, *description, *init;
	unsigned min_cpus, min_memory_mib, min_disk_gib;
	const char *firmware; /* "bios", "efi", "efi-secure"                               */
	const char *username; /* who logs in to its nodes                                  */
};

#define VBC_IMAGE_CREATE_OPTS_INIT                                                                 \
	{                                                                                          \
		.size = sizeof(struct vbc_image_create_opts)                                       \
	}

/*
 * Makes an image of the system disk of a node: a full copy, also of a linked node's. The node may
 * run; its disk then stands still for the time of the copy, by a short snapshot, but what the guest
 * has not written to it yet is missing, as after a power cut. The system disk is the node's first
 * hard disk that is not a volume; where all are volumes, the first of these. The image remembers
 * the node's firmware, chipset and TPM; what these keep outside of the disk is not copied, which
 * the host's log function is told as a warning. opts and wait may be NULL. *ret_image is the
 * caller's, free it with vbc_image_free(). A failed or cancelled one leaves nothing on the host.
 * Errors: VBC_E_STATE (the node has no disk), VBC_E_NOTFOUND, VBC_E_ARG (name, ambiguous node,
 * options), VBC_E_EXISTS (an image of that name), VBC_E_BUSY, VBC_E_SPACE, VBC_E_TIMEOUT,
 * VBC_E_CANCELLED, and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_image_create(struct vbc_host *host, const char *node, const char *name,
		     const struct vbc_image_create_opts *opts, const struct vbc_wait *wait,
		     struct vbc_image **ret_image, struct vbc_error *err);

/* Copies an image under another name. All else as vbc_image_create(). Any thread. Since 0.1. */
int vbc_image_copy(struct vbc_host *host, const char *id_or_name, const char *name,
		   const struct vbc_image_create_opts *opts, const struct vbc_wait *wait,
		   struct vbc_image **ret_image, struct vbc_error *err);

/* How to send. Start from VBC_IMAGE_SEND_OPTS_INIT; strings are borrowed for the call. Since 0.1.
 */
struct vbc_image_send_opts {
	size_t size;
	const char *name; /* of the image on the other host; NULL: as here */
};

#define VBC_IMAGE_SEND_OPTS_INIT                                                                   \
	{                                                                                          \
		.size = sizeof(struct vbc_image_send_opts)                                         \
	}

/*
 * Makes the same image on another host, of which nothing is kept here on the way: what is read of
 * one host is written to the other, which needs no way to each other. All that is recorded of it
 * goes along. What the other host has then is read back, and is an image only when its SHA-256 is
 * that of what was sent; so is what was sent, where that of the image's content is known. Where it
 * is not, it is noted for both. There must be room on the other host, as far as it can tell.
 *
 * An image of the same SHA-256 that is there already, with opts->name of that name, is the result
 * as it is. While another program sends the same content to that host, it is waited for: it comes
 * once. One that breaks off after 64 MiB goes on there within an hour, as with vbc_image_import().
 *
 * opts and wait may be NULL. *ret_image, on `to`, is the caller's, free it with vbc_image_free().
 * A failed or cancelled one leaves nothing on either host. Errors: VBC_E_NOTFOUND, VBC_E_EXISTS
 * (another image has that name there), VBC_E_SPACE, VBC_E_FAULT (other content arrived), VBC_E_BUSY
 * (the disk is being written), VBC_E_VERSION (both need VirtualBox 6.0), VBC_E_ARG, VBC_E_TIMEOUT,
 * VBC_E_CANCELLED, and those of vbc_host_show(), of either host. Any thread. Since 0.1.
 */
int vbc_image_send(struct vbc_host *host, const char *id_or_name, struct vbc_host *to,
		   const struct vbc_image_send_opts *opts, const struct vbc_wait *wait,
		   struct vbc_image **ret_image, struct vbc_error *err);

/*
 * What to change of what is recorded of an image. Start from VBC_IMAGE_UPDATE_OPTS_INIT; strings
 * are borrowed for the call; NULL and 0: it stays as it is.
 */
struct vbc_image_update_opts {
	size_t size;
	const char *name, *os_type, *description, *init;
	unsigned min_cpus, min_memory_mib, min_disk_gib;
	const char *firmware; /* "bios", "efi", "efi-secure"; "" unknown                   */
	const char *username; /* who logs in to its nodes; "" unknown                      */
};

#define VBC_IMAGE_UPDATE_OPTS_INIT                                                                 \
	{                                                                                          \
		.size = sizeof(struct vbc_image_update_opts)                                       \
	}

/*
 * Changes what is recorded of an image, not its disk, nor its nodes. Of two changes at once the
 * last one stands. opts and wait may be NULL. *ret_image is the caller's, free it with
 * vbc_image_free(). Errors: VBC_E_NOTFOUND, VBC_E_ARG (ambiguous name; a word that cannot be used),
 * VBC_E_EXISTS (an image of that name), VBC_E_VERSION (secure boot needs VirtualBox 7.0), and those
 * of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_image_update(struct vbc_host *host, const char *id_or_name,
		     const struct vbc_image_update_opts *opts, const struct vbc_wait *wait,
		     struct vbc_image **ret_image, struct vbc_error *err);

/*
 * Writes an image's content to a file here, as a raw disk with holes where zeros are, read through
 * the web service. The file is there when it is whole, or not at all; one of that name is replaced
 * then. *ret_sha256 (may be NULL) is its SHA-256 in hexadecimal; where the image was imported from
 * a raw disk, it is compared with that one's. The image cannot be deleted meanwhile, nor exported
 * twice at once. wait may be NULL. Errors: VBC_E_NOTFOUND, VBC_E_ARG (ambiguous name; a file that
 * cannot be written, or has the suffix of another format), VBC_E_SPACE (here), VBC_E_BUSY,
 * VBC_E_VERSION (VirtualBox before 6.0), VBC_E_FAULT (not what was imported), VBC_E_TIMEOUT,
 * VBC_E_CANCELLED, and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_image_export(struct vbc_host *host, const char *id_or_name, const char *file,
		     const struct vbc_wait *wait, char ret_sha256[65], struct vbc_error *err);

/*
 * Deletes an image and its file. Nodes made from it as full copies stay. Errors: VBC_E_NOTFOUND,
 * VBC_E_BUSY (a node uses the image itself, or it is being copied), VBC_E_ARG (ambiguous name).
 * Any thread. Since 0.1.
 */
int vbc_image_delete(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		     struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
