/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The extension module _vboxcloud: the C library for Python, by tables. A struct becomes a dict by
 * its shape, a function becomes a method by METHOD(): parameters, the C call, what it returns.
 * Only the limited API of CPython 3.9 is used, so that one build serves all later releases.
 */
#ifndef VBC_PYTHON_EXT_H
#define VBC_PYTHON_EXT_H

#include <Python.h>

#include <vboxcloud/vboxcloud.h>

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* How one member of a struct in C is to be read or written. */
enum kind {
	KIND_TEXT, /* const char *        */
	KIND_BOOL, /* bool                */
	KIND_UINT, /* unsigned            */
	KIND_INT64,
	KIND_UINT64,
	KIND_ENUM,     /* as text, by `name`  */
	KIND_TEXTS,    /* const char *const * that ends with NULL */
	KIND_LIST,     /* struct list, of what `shape` says */
	KIND_SECONDS,  /* float or None, to milliseconds in an unsigned; None: 0 */
	KIND_OBJECT,   /* any PyObject *; None: NULL */
	KIND_DATA,     /* str or bytes, into a struct data */
	KIND_FORWARDS, /* a sequence of dicts, into a struct forwards */
	KIND_TAGS      /* a dict of texts, into a struct tags */
};

#define KIND_OF(member)                                                                            \
	_Generic((member),                                                                         \
		const char *: KIND_TEXT,                                                           \
		const char *const *: KIND_TEXTS,                                                   \
		bool: KIND_BOOL,                                                                   \
		unsigned: KIND_UINT,                                                               \
		int64_t: KIND_INT64,                                                               \
		uint64_t: KIND_UINT64)

/* ---- structs to dicts ---- */

struct field {
	const char *key;
	enum kind kind;
	size_t at;
	const char *(*name)(int value); /* of KIND_ENUM                     */
	const struct field *shape;      /* of KIND_LIST; NULL: texts        */
};

/* A member under another name, or under its own. */
#define FIELD_AS(type, member, name_)                                                              \
	{                                                                                          \
		.key = (name_), .kind = KIND_OF(((type *)0)->member), .at = offsetof(type, member) \
	}
#define FIELD(type, member) FIELD_AS(type, member, #member)
#define FIELD_ENUM(type, member, names)                                                            \
	{                                                                                          \
		.key = #member, .kind = KIND_ENUM, .at = offsetof(type, member), .name = (names)   \
	}
#define FIELD_LIST(type, member, shape_)                                                           \
	{                                                                                          \
		.key = #member, .kind = KIND_LIST, .at = offsetof(type, member), .shape = (shape_) \
	}
#define FIELDS_END                                                                                 \
	{                                                                                          \
		.key = NULL                                                                        \
	}

extern const struct field forward_shape[], node_shape[];

/* All lists of the library: struct vbc_nodes, struct vbc_images, struct vbc_texts, ... */
struct list {
	size_t n;
	const void *const *v;
};

PyObject *record_to_dict(const struct field *shape, const void *record);
PyObject *list_to_python(const struct field *shape, const struct list *list);
PyObject *text_to_python(const char *text);

/* ---- calls ---- */

struct data {
	const char *bytes; /* NULL: none; a NUL is behind them */
	size_t size;
};

/* As struct vbc_node_create_opts has them. */
struct forwards {
	const struct vbc_forward_add_opts *const *v;
	size_t n;
};

struct tags {
	const struct vbc_tag *v;
	size_t n;
};

/* One call of the library: what goes in and what comes out. */
struct call {
	struct vbc_host *host;
	struct vbc_error error;
	struct vbc_wait wait;
	PyObject *progress;     /* who is told, NULL nobody                            */
	PyThreadState *thread;  /* while the GIL is released                           */
	PyObject *exception[3]; /* what came up in the meantime: type, value, traceback */
	PyObject *keep;         /* a list of what `in` points into                     */
	struct {                /* arguments                                           */
		const char *id, *name, *text, *other;
		unsigned number, fields;
		bool flag;
		struct data data;
		enum vbc_node_state state;
		struct vbc_node_create_opts node;
		struct vbc_node_clone_opts clone;
		struct vbc_node_stop_opts stop;
		struct vbc_first_boot first_boot;
		struct vbc_display_opts display;
		struct vbc_forward_add_opts forward;
		struct forwards forwards;
		struct tags tags;
		struct vbc_network_create_opts network;
		const char *const *texts;
		struct vbc_image_import_opts image;
		struct vbc_image_create_opts made;
		struct vbc_image_update_opts updated;
		struct vbc_volume_create_opts volume;
		struct vbc_snapshot_create_opts taken;
		struct vbc_gc_opts gc;
	} in;
	union {
		void *any;
		void *bytes;
		struct vbc_host_info *info;
		struct vbc_findings *findings;
		struct vbc_leftovers *leftovers;
		struct vbc_locations *locations;
		struct vbc_sizes *sizes;
		struct vbc_key *key;
		struct vbc_keys *keys;
		struct vbc_node *node;
		struct vbc_nodes *nodes;
		struct vbc_image *image;
		struct vbc_images *images;
		struct vbc_volume *volume;
		struct vbc_volumes *volumes;
		struct vbc_snapshot *snapshot;
		struct vbc_snapshots *snapshots;
		struct vbc_display *display;
		struct vbc_forward *forward;
		struct vbc_forwards *forwards;
		struct vbc_network *network;
		struct vbc_networks *networks;
	} out;
	size_t out_size; /* of out.bytes */
	char sha256[65];
};

enum need {
	GIVEN,      /* required                        */
	OPTIONAL,   /* may be left out                 */
	NAMED,      /* may be left out, keyword only   */
	GIVEN_NAMED /* required, keyword only          */
};

struct param {
	const char *name;
	enum kind kind;
	enum need need;
	size_t at;
};

#define PARAM(need, member, name)                                                                  \
	{                                                                                          \
		name, KIND_OF(((struct call *)0)->in.member), need,                                \
			offsetof(struct call, in.member)                                           \
	}
#define PARAM_STATE(need, name)                                                                    \
	{                                                                                          \
		name, KIND_ENUM, need, offsetof(struct call, in.state)                             \
	}
#define PARAM_DATA(need, name)                                                                     \
	{                                                                                          \
		name, KIND_DATA, need, offsetof(struct call, in.data)                              \
	}
#define PARAM_FORWARDS(need, name)                                                                 \
	{                                                                                          \
		name, KIND_FORWARDS, need, offsetof(struct call, in.forwards)                      \
	}
#define PARAM_TAGS(need, name)                                                                     \
	{                                                                                          \
		name, KIND_TAGS, need, offsetof(struct call, in.tags)                              \
	}
#define PARAM_END                                                                                  \
	{                                                                                          \
		.name = NULL                                                                       \
	}
/* Of calls that may take long. */
#define PARAM_WAIT                                                                                 \
	{"timeout_s", KIND_SECONDS, NAMED, offsetof(struct call, wait.timeout_ms)},                \
	{                                                                                          \
		"progress", KIND_OBJECT, NAMED, offsetof(struct call, progress)                    \
	}

/* Of the other calls: they do little. */
extern const struct vbc_wait brief_wait;

struct method {
	const char *name;
	const char *doc; /* first sentence; the signature is put before it */
	const struct param *params;
	int (*run)(struct call *call);                /* without the GIL */
	PyObject *(*result)(const struct call *call); /* NULL: None */
	void (*free)(void *out);
};

PyObject *call_method(PyObject *self, PyObject *args, PyObject *kwargs,
		      const struct method *method);
/* Fills call->in; -1 with an exception. What is in call->keep must outlive the call. */
int parse_arguments(struct call *call, const struct method *method, PyObject *args,
		    PyObject *kwargs);

/*
 * A method: METHOD(node_start, "Starts a node.", RETURNS_NOTHING, vbc_node_start(c->host, ...),
 * parameters..., PARAM_END), in which `c` is the struct call; and its row in a table.
 */
#define METHOD(id, doc_, returns, expression, ...)                                                 \
	static int run_##id(struct call *c)                                                        \
	{                                                                                          \
		return expression;                                                                 \
	}                                                                                          \
	static const struct param params_##id[] = {__VA_ARGS__};                                   \
	static const struct method method_##id = {                                                 \
		.name = #id, .doc = doc_, .params = params_##id, .run = run_##id, returns};        \
	static PyObject *py_##id(PyObject *self, PyObject *args, PyObject *kwargs)                 \
	{                                                                                          \
		return call_method(self, args, kwargs, &method_##id);                              \
	}
#define ROW(id)                                                                                    \
	{                                                                                          \
		&method_##id, py_##id                                                              \
	}

/* What forward_add() takes but for the node: a dict of this, without a function. */
extern const struct method forward_words;

/* A table of the methods of a noun. */
struct method_row {
	const struct method *method;
	PyObject *(*function)(PyObject *self, PyObject *args, PyObject *kwargs);
};
extern const struct method_row host_methods[], node_methods[], image_methods[], volume_methods[],
	display_methods[], forward_methods[], network_methods[];

const char *network_kind_name(int kind);
/* Some texts as vbc_network_parse() reads them; what is over the room is left out. */
int parse_networks(struct call *c, const char *const *texts, struct vbc_network_choice *choices,
		   size_t room, size_t *ret_n);

#define RETURNS_NOTHING .result = NULL
/* What RESULT_RECORD() or RESULT_LIST() has described before. */
#define RETURNS(noun) .result = result_##noun, .free = free_##noun
#define RESULT(noun, conversion)                                                                   \
	static PyObject *result_##noun(const struct call *c)                                       \
	{                                                                                          \
		return conversion;                                                                 \
	}                                                                                          \
	static void free_##noun(void *out)                                                         \
	{                                                                                          \
		vbc_##noun##_free(out);                                                            \
	}
#define RESULT_RECORD(noun, shape) RESULT(noun, record_to_dict(shape, c->out.any))
#define RESULT_LIST(noun, shape)   RESULT(noun, list_to_python(shape, c->out.any))

/* ---- the type and the module ---- */

/* A handle: who is in a call of it holds it open. */
struct host_object {
	PyObject_HEAD struct vbc_host *host; /* NULL: closed                              */
	unsigned calls;                      /* under way                                 */
	bool closed;                         /* no new call                               */
	PyObject *log, *url, *user;
};

extern PyObject *vboxcloud_error; /* the exception's class */

PyObject *host_type(void);
PyObject *fleet_type(void);
/* Host's arguments; *ret_log is borrowed, NULL: none. Strings live as long as the arguments. */
int host_opts_parse(PyObject *args, PyObject *kwargs, struct vbc_host_opts *opts,
		    PyObject **ret_log);
int seconds_to_ms(const char *name, double seconds, unsigned *ret_ms);
/* A method of Host, by its name; NULL: there is none. */
const struct method *method_find(PyObject *name);
/* Takes part in / leaves a handle; begin fails with an exception on a closed one. */
int host_begin(struct host_object *self);
void host_end(struct host_object *self);
/* Asks whether the calling thread is to give up; tells `progress` (may be NULL) before. */
int call_tick(struct call *call, const struct vbc_progress *progress);
/* For vbc_host_opts.tick: the call that the calling thread is in. */
int current_call_tick(void *data);
PyObject *raise_error(const struct vbc_error *error);
/* The exception itself; NULL with another one. */
PyObject *error_to_python(const struct vbc_error *error);
int call_init(void);

#endif
