/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Commands and options as rows. Parsing, usage errors, --help, completion and the check of the
 * manual pages all come from them. A handler parses nothing: it takes the typed values, makes one
 * library call and hands over rows.
 */
#ifndef TOOL_CMD_H
#define TOOL_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include <vboxcloud/vboxcloud.h>

#include "list.h"
#include "out.h"

/* The values of an option that may be given several times. */
struct texts {
	const char *v[32];
	size_t n;
};

/* The values of all options of all commands, zero where not given, and the plain words. */
struct args {
	const char *host;
	unsigned host_timeout_s; /* of each of several hosts; 0: the library's */
	bool strict;
	unsigned output; /* enum out_format */
	bool quiet, verbose, help, version;

	const char *name, *image, *size, *description, *serial_file, *os_type, *file, *username;
	const char *iso;
	bool no_start, linked, force, dry_run, keep;
	bool pretend; /* --dry-run of what has `would` */
	bool all;     /* see OPTS_CHOOSE */
	unsigned wait, timeout_s, count;
	unsigned state; /* enum vbc_node_state */
	unsigned min_cpus, min_memory_mib, min_disk_gib;
	unsigned cpus, memory_mib, disk_gib; /* see size-parts.h */
	struct texts tags;
	const char *sha256, *checksum_url;
	unsigned max_size_gib;
	unsigned init, format, firmware; /* of the choices in cmd-image-create.c, firmware.c */
	const char *node, *volume, *snapshot;
	unsigned size_gib;
	bool dynamic;
	const char *host_ip, *guest_ip;
	const char *to, *address;
	const char *port, *display, *display_password_file;
	bool on, off, no_password;
	bool serial, guest, raw;
	unsigned adapter; /* and one more, see networks.h */
	bool udp, no_dhcp;
	unsigned network_kind; /* enum vbc_network_kind */
	const char *cidr, *columns, *sort;
	bool no_header, wide;
	struct texts filters;
	const char *textfile;
	bool detailed;
	struct texts networks, forwards;
	struct texts ssh_keys;
	bool yes;
	const char *password_file, *ca_file, *fingerprint, *ssh;
	const char *node_password_file, *user_data, *hostname, *user, *identity;
	bool no_wait, recursive;
	bool status;                                 /* of hosts: ask them */
	struct texts where, affinity, anti_affinity; /* and what follows: see place.h */
	bool spread, pack;

	const char **words;
	size_t n_words;
	bool is_split;   /* one of them was --, which is none of them */
	size_t n_before; /* how many were before it                   */
};

enum opt_kind {
	OPT_FLAG,
	OPT_TEXT,
	OPT_TEXTS,
	OPT_NUMBER,
	OPT_CHOICE,
	OPT_MIB, /* a number of MiB, or of another unit that is named, as 2G */
	OPT_GIB  /* of GiB                                                    */
};

/* What completion offers for a value. */
enum complete {
	COMPLETE_NOTHING,
	COMPLETE_FILE,
	COMPLETE_SOURCE,  /* of an image: a file, or a name from the catalog */
	COMPLETE_HOST,    /* one of the configuration          */
	COMPLETE_DEFAULT, /* or a fleet                        */
	COMPLETE_HOSTS,   /* or all                            */
	COMPLETE_NODE,
	COMPLETE_IMAGE,
	COMPLETE_LAUNCH, /* an image, or one that the catalog has */
	COMPLETE_SIZE,
	COMPLETE_KEY,
	COMPLETE_VOLUME,
	COMPLETE_SNAPSHOT,
	COMPLETE_CALL,
	COMPLETE_COLUMNS, /* keys of the command's columns, between commas */
	COMPLETE_SORT,    /* the same, perhaps with a - before each         */
	COMPLETE_FILTER   /* one of them, and =                             */
};

/* One of the words that an option of kind OPT_CHOICE takes; a list ends without a name. */
struct choice {
	const char *name;
	unsigned value;
};

struct opt {
	const char *name;  /* "--image"; NULL ends a list            */
	char letter;       /* 'o' when "-o" is as good, else 0       */
	const char *value; /* the word for its value in the help     */
	const char *help;
	enum opt_kind kind;
	size_t at; /* of its value in struct args            */
	const struct choice *choices;
	unsigned min; /* of a number                            */
	bool required;
	enum complete complete;
};

/* The kind and place of an option follow from its field in struct args. */
#define OPT(field)                                                                                 \
	.kind = _Generic(((struct args *)0)->field,                                                \
			 bool: OPT_FLAG,                                                           \
			 const char *: OPT_TEXT,                                                   \
			 struct texts: OPT_TEXTS,                                                  \
			 unsigned: OPT_NUMBER),                                                    \
	.at = offsetof(struct args, field)

/* The field of a choice is unsigned. */
#define OPT_ONE_OF(field, list)                                                                    \
	.kind = _Generic(((struct args *)0)->field, unsigned                                       \
			 : OPT_CHOICE),                                                            \
	.at = offsetof(struct args, field), .choices = (list)

/* The field of a number of MiB or GiB is unsigned. */
#define OPT_IN(field, unit)                                                                        \
	.kind = _Generic(((struct args *)0)->field, unsigned                                       \
			 : (unit)),                                                                \
	.at = offsetof(struct args, field), .min = 1

/* A plain word that a command takes; the last may be given several times, or left out. */
struct word {
	const char *name; /* "NODE" */
	enum complete complete;
	bool many, optional;
};

/* What a running command works with. */
struct ctx {
	char *url;
	char *jump; /* [USER@]HOST[:PORT], by which ssh logs in to the host itself; NULL: unknown */
	struct vbc_host *host;
	const char *member;      /* what the host is called among several, or NULL */
	struct vbc_fleet *fleet; /* instead of a host: several, which are listed    */
	struct members *members; /* of several hosts: see connect.h; or NULL        */
	struct spread *spread;   /* of several hosts, those that objects are on; `host` is one of
				    these then; or NULL                             */
	struct place *place;     /* of something new, on one of several hosts: see place.h */
	enum out_format format;
	struct out *out;
	struct list list; /* of a command with columns */
	/* Of a list of several hosts, what it has beside the columns of one. */
	struct column *fleet_columns;
	struct narrow *narrow;
	struct vbc_error err;
	int status; /* exit status, when it is not that of the returned code */
	/* What --dry-run says instead of the row's `would`, where more is known; NULL: that. */
	char *would;
};

struct cmd {
	const char *name;     /* NULL ends a list; "" when the noun is the whole command */
	const char *also[2];  /* names that are as good: "ls", "rm"; told in its own help */
	const char *old_name; /* accepted as well, shown nowhere; may be NULL */
	const char *help;
	const char *more; /* a paragraph for its own help, may be NULL */
	/*
	 * What it changes, "rename node %1 to %2" with its words, as --dry-run says it; NULL:
	 * nothing, and it has no such option.
	 */
	const char *would;
	struct word words[3];
	const struct opt *opts;       /* may be NULL */
	const struct column *columns; /* of a list: it takes OPTS_LIST */
	const struct column *chosen;  /* of those that OPTS_CHOOSE chooses from */
	/*
	 * Of several hosts, ctx->fleet: what does it for all of them. NULL: what each has is put
	 * together as one list, where it is a list or has columns for that; else it is done on one
	 * host.
	 */
	const struct column *(*fleet_columns)(void);
	int (*run_fleet)(struct ctx *ctx, const struct args *args);
	unsigned
		fleet_timeout_s; /* what each has, unless --host-timeout says it; 0: as in a list */
	bool no_host;            /* it works with none: ctx->host is NULL */
	/*
	 * It makes something new, which has OPTS_PLACE: of several hosts it chooses one, with
	 * ctx->fleet and ctx->place.
	 */
	bool places;
	/* Returns 0 or a code of enum vbc_code, with ctx->err filled. */
	int (*run)(struct ctx *ctx, const struct args *args);
	/*
	 * Instead: does it for one plain word, and fills *err. All words are tried and each error
	 * is reported at once; the first one is the result. Only a host that cannot be used, or
	 * Ctrl-C, ends it early.
	 */
	int (*run_each)(struct ctx *ctx, const struct args *args, const char *word,
			struct vbc_error *err);
	/*
	 * Of what has OPTS_CHOOSE and run_each: puts what these choose in place of the plain words,
	 * in one piece of memory that the caller frees, once it is agreed to. Returns as `run`
	 * does.
	 */
	int (*choose)(struct ctx *ctx, struct args *args);
};

struct noun {
	const char *name; /* NULL ends the list */
	const char *help;
	const struct cmd *cmds;
};

extern const struct noun nouns[];
extern const struct opt global_opts[];
extern const struct opt change_opts[]; /* of all commands that have `would` */

extern const struct cmd host_cmds[], location_cmds[], size_cmds[], image_cmds[], node_cmds[],
	volume_cmds[], snapshot_cmds[], network_cmds[], forward_cmds[], key_cmds[], gc_cmds[],
	metrics_cmds[], watch_cmds[], api_cmds[], launch_cmds[];

/* Other names of the verbs that every noun has. */
#define ALSO_LIST                                                                                  \
	{                                                                                          \
		"ls"                                                                               \
	}
#define ALSO_DELETE                                                                                \
	{                                                                                          \
		"rm", "destroy"                                                                    \
	}
#define ALSO_DESTROY                                                                               \
	{                                                                                          \
		"rm", "delete"                                                                     \
	}

/* The option of every command that may take long. */
#define OPT_TIMEOUT                                                                                \
	{                                                                                          \
		.name = "--timeout", .value = "S", OPT(timeout_s), .min = 1,                       \
		.help = "give up after S seconds",                                                 \
	}

/* The other host of what goes from one to another. */
#define OPT_TO                                                                                     \
	{                                                                                          \
		.name = "--to", .value = "HOST", OPT(to), .required = true,                        \
		.complete = COMPLETE_HOST, .help = "the other host: its URL or configured name",   \
	}

#define OPT_COLUMNS                                                                                \
	{                                                                                          \
		.name = "--columns", .value = "KEYS", OPT(columns), .complete = COMPLETE_COLUMNS,  \
		.help = "show these, by their keys in JSON, like name,state",                      \
	}
#define OPT_FILTER(text)                                                                           \
	{                                                                                          \
		.name = "--filter", .value = "KEY=VALUE", OPT(filters), .help = (text),            \
		.complete = COMPLETE_FILTER,                                                       \
	}
#define OPT_SORT                                                                                   \
	{                                                                                          \
		.name = "--sort", .value = "KEYS", OPT(sort), .complete = COMPLETE_SORT,           \
		.help = "sort by these keys; -KEY reverses the order",                             \
	}
#define OPT_NO_HEADER                                                                              \
	{                                                                                          \
		.name = "--no-header", OPT(no_header),                                             \
		.help = "show the table without its header",                                       \
	}
#define OPT_WIDE                                                                                   \
	{                                                                                          \
		.name = "--wide", OPT(wide), .help = "show all in full, however wide the table",   \
	}

/* The options of every list. */
#define OPTS_LIST                                                                                  \
	OPT_COLUMNS, OPT_FILTER("show only what has this value"), OPT_SORT, OPT_NO_HEADER, OPT_WIDE

/* These alone. */
extern const struct opt list_opts[];

/* Of commands that can be told which ones by what these are, instead of naming them. */
#define OPTS_CHOOSE                                                                                \
	{.name = "--all", OPT(all), .help = "all there are"},                                      \
		OPT_FILTER("those that have this value, by a key in JSON, like state=running"),    \
	{                                                                                          \
		.name = "--yes", .letter = 'y', OPT(yes), .help = "do not ask for confirmation"    \
	}

#endif
