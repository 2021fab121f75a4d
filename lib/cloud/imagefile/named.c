/* SPDX-License-Identifier: Apache-2.0 */
#include "imagefile/named.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/error-private.h"
#include "imagefile/inside.h"
#include "imagefile/manifest.h"
#include "imagefile/members.h"

/* Where files are looked for: in an archive, by their sorted names, or on the disk. */
struct place {
	const char **names; /* NULL: on the disk */
	size_t n;
	const char *folder; /* the first bytes of this, with the last / */
	int folder_n;
	const char *const *known;
};

static int name_compare(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static struct place place_of_file(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct place){.folder = path, .folder_n = slash ? (int)(slash - path) + 1 : 0};
}

static bool place_knows_name(const struct place *p, const char *name)
{
	for (const char *const *known = p->known; known && *known; known++)
		if (strcasecmp(*known, name) == 0)
			return true;
	return false;
}

/* *ret only says so: its way to the file is not followed. */
static int place_find_file(const struct place *p, struct vbc_arena *a, const char *name, bool *ret)
{
	const char *path =
		vbc_arena_printf(a, "%.*s%s", p->names ? p->folder_n : 0, p->folder, name);
	struct stat st;

	path = path ? vbc_path_inside(a, path) : NULL;
	if (path && *path && !p->names) {
		*ret = place_knows_name(p, path);
		path = vbc_arena_printf(a, "%.*s%s", p->folder_n, p->folder, path);
		*ret = *ret || (path && stat(path, &st) == 0 && S_ISREG(st.st_mode));
	} else if (path) {
		*ret = *path && bsearch(&path, p->names, p->n, sizeof(*p->names), name_compare);
	}
	return path ? VBC_OK : VBC_E_NOMEM;
}

static int place_check_name(const struct place *p, struct vbc_inside *in, const char *holder,
			    const char *name, size_t n)
{
	struct vbc_arena VBC_ARENA a = {NULL};
	const char *forms[] = {vbc_arena_strndup(&a, name, n), NULL};
	bool found = false;
	int code = VBC_OK;

	forms[1] = forms[0] ? vbc_href_decode(&a, forms[0]) : NULL;
	for (size_t i = 0; !code && !found && i < VBC_COUNT(forms); i++)
		code = forms[i] ? place_find_file(p, &a, forms[i], &found) : VBC_E_NOMEM;
	if (code)
		return vbc_fail_nomem(in->err);
	if (found)
		return VBC_OK;
	return vbc_fail(in->err, VBC_E_ARG,
			"the manifest of '%s' names '%.100s', which is not %s (was it copied "
			"completely?); if the disk is known to be intact, import the disk itself",
			holder, forms[0], p->names ? "in it" : "beside it");
}

static int place_check_names(const struct place *p, struct vbc_inside *in, const char *holder,
			     const struct vbc_manifest *mf)
{
	const char *name;
	size_t at = 0, n;
	int code = VBC_OK;

	while (!code && vbc_manifest_next_name(mf, &at, &name, &n))
		code = place_check_name(p, in, holder, name, n);
	return code;
}

int vbc_named_in_archive(struct vbc_inside *in, const struct vbc_manifest *mf,
			 const struct vbc_entries *list, const char *ovf)
{
	struct place p = place_of_file(ovf);

	p.n = list->n;
	p.names = vbc_arena_array(in->arena, list->n, sizeof(*p.names));
	if (!p.names)
		return vbc_fail_nomem(in->err);
	for (size_t i = 0; i < list->n; i++)
		p.names[i] = list->v[i].name;
	qsort(p.names, p.n, sizeof(*p.names), name_compare);
	return place_check_names(&p, in, in->path, mf);
}

int vbc_named_beside(struct vbc_inside *in, const struct vbc_manifest *mf, const char *ovf,
		     const char *const *known)
{
	struct place p = place_of_file(ovf);

	p.known = known;
	return place_check_names(&p, in, ovf, mf);
}
