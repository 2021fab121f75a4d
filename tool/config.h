/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which host, which user, which certificate: from --host, the environment and the configuration
 * file, in this order. The file, ~/.config/vboxcloud/config.ini:
 *
 *	[default]
 *	host = lab
 *	[host lab]
 *	url = https://lab.example:18083
 *	user = cloud
 *	password_file = ~/.config/vboxcloud/lab.password
 *	ca_file = lab.pem
 *	ssh = me@lab.example
 *	labels = rack=a,ssd
 *	cpu_overcommit = 2
 *	[fleet all-labs]
 *	hosts = lab lab2
 *	place = pack
 *	memory_overcommit = 1.5
 *
 * or, instead of ca_file, fingerprint = AB:CD:…
 */
#ifndef TOOL_CONFIG_H
#define TOOL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <vboxcloud/node.h>

struct vbc_error;

/* What to connect to; all strings are the struct's own, NULL where nothing was said. */
struct target {
	char *url;  /* an address as vbc_host_opts.url takes it; never NULL */
	char *from; /* who said so: "--host", or a line of the configuration; never NULL */
	char *user;
	char *password_file;
	char *ca_file;
	char *fingerprint; /* of its certificate */
	char *ssh;         /* USER@HOST, whose sshd leads to what listens on the host's loopback */
};

/*
 * `host`: what --host said, or NULL. A name that is no section's is the machine of that name.
 * Errors: VBC_E_ARG, also where it names several hosts.
 */
int config_target(const char *host, struct target *ret, struct vbc_error *err);
void target_done(struct target *target);

/* Several hosts, each with the name that leads to it. */
struct targets {
	char *word; /* what named them: "lab", "all", "vb1,vb2" */
	bool packs; /* new nodes are rather made on hosts that have much to do */
	struct named_target {
		char *name;
		struct target target;
		char *labels; /* "rack=a,ssd", or NULL */
		struct vbc_overcommit overcommit;
	} * v;
	size_t n;
};

/* The hosts that `host`, as above, names if these are several; none where it is one host. Errors:
   VBC_E_ARG; targets_done() is needed then, too. */
int config_targets(const char *host, struct targets *ret, struct vbc_error *err);
void targets_done(struct targets *targets);
/* Leaves out those that are not kept[0..n). */
void targets_keep(struct targets *targets, const bool *kept);

/* Whether nobody has said which host is meant: as above, and there are no sections either. */
bool config_says_nothing(const char *host);

/* The names of the configured hosts, and fleets if these are wanted, for completion; each and the
   array are the caller's. */
char **config_hosts(bool with_fleets, size_t *ret_n);

#endif
