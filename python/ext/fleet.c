/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * class Fleet: several hosts that are asked at the same time.
 */
#include <stdlib.h>

#include "fleet.h"

#define AGAIN_MAX 3 /* times that what another thread has cancelled is done again */

struct fleet_object {
	PyObject_HEAD struct vbc_fleet *fleet; /* NULL: closed   */
	unsigned calls;                        /* under way      */
	bool closed;                           /* no new call    */
};

static void fleet_close_handle(struct fleet_object *self)
{
	struct vbc_fleet *fleet = self->fleet;

	self->fleet = NULL;
	if (!fleet)
		return;
	Py_BEGIN_ALLOW_THREADS vbc_fleet_close(fleet);
	Py_END_ALLOW_THREADS
}

static int fleet_begin(struct fleet_object *self)
{
	if (!self->fleet || self->closed) {
		PyErr_SetString(PyExc_ValueError, "the fleet is closed");
		return -1;
	}
	self->calls++;
	return 0;
}

static void fleet_end(struct fleet_object *self)
{
	self->calls--;
	if (self->closed && !self->calls)
		fleet_close_handle(self);
}

/* ---- opening ---- */

/* What vbc_fleet_open() takes; strings are those of the Python objects. */
struct given {
	struct vbc_fleet_member *members;
	struct vbc_host_opts *opts;
	PyObject *words; /* a list of dicts, which keep the strings */
	size_t n;
};

static void given_done(struct given *given)
{
	free(given->members);
	free(given->opts);
	Py_XDECREF(given->words);
}

/* One of (name, words of a Host). */
static int given_take(struct given *given, PyObject *item)
{
	struct vbc_host_opts *opts = &given->opts[given->n];
	PyObject *dict, *nothing = PyTuple_New(0), *log = NULL;
	const char *name;
	int code = -1;

	*opts = (struct vbc_host_opts)VBC_HOST_OPTS_INIT;
	if (!PyTuple_Check(item))
		PyErr_SetString(PyExc_TypeError, "members: not tuples of a name and a dict");
	else if (nothing && PyArg_ParseTuple(item, "sO!:members", &name, &PyDict_Type, &dict) &&
		 !PyList_Append(given->words, item))
		code = host_opts_parse(nothing, dict, opts, &log);
	Py_XDECREF(nothing);
	if (code)
		return -1;
	if (log) {
		PyErr_SetString(PyExc_TypeError, "the hosts of a fleet take no log");
		return -1;
	}
	given->members[given->n++] = (struct vbc_fleet_member){.name = name, .opts = opts};
	return 0;
}

static int given_fill(struct given *given, PyObject *members)
{
	Py_ssize_t n = PySequence_Size(members);

	if (n < 0)
		return -1;
	given->words = PyList_New(0);
	given->members = calloc((size_t)n + 1, sizeof(*given->members));
	given->opts = calloc((size_t)n + 1, sizeof(*given->opts));
	if (!given->words || !given->members || !given->opts) {
		PyErr_NoMemory();
		return -1;
	}
	for (Py_ssize_t i = 0; i < n; i++) {
		PyObject *item = PySequence_GetItem(members, i);
		int code = item ? given_take(given, item) : -1;

		Py_XDECREF(item);
		if (code)
			return -1;
	}
	return 0;
}

static int fleet_open_handle(struct fleet_object *self, const struct given *given,
			     const struct vbc_fleet_opts *opts)
{
	struct vbc_fleet *fleet = NULL;
	struct vbc_error error = {0};
	int code;

	Py_BEGIN_ALLOW_THREADS code =
		vbc_fleet_open(given->members, given->n, opts, &fleet, &error);
	Py_END_ALLOW_THREADS if (code)
	{
		raise_error(&error);
		return -1;
	}
	self->fleet = fleet;
	return 0;
}

static int fleet_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
	char *names[] = {(char[]){"members"}, (char[]){"timeout_s"}, (char[]){"seen_folder"}, NULL};
	struct fleet_object *self = (struct fleet_object *)object;
	struct vbc_fleet_opts opts = VBC_FLEET_OPTS_INIT;
	struct given given = {.n = 0};
	PyObject *members;
	double timeout_s = 5;
	int code;

	if (self->fleet || self->closed) {
		PyErr_SetString(PyExc_RuntimeError, "a fleet is opened once");
		return -1;
	}
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$dz:Fleet", names, &members, &timeout_s,
					 &opts.seen_folder) ||
	    seconds_to_ms("timeout_s", timeout_s, &opts.timeout_ms))
		return -1;
	code = given_fill(&given, members);
	if (!code)
		code = fleet_open_handle(self, &given, &opts);
	given_done(&given);
	return code;
}

static void fleet_dealloc(PyObject *object)
{
	PyTypeObject *type = Py_TYPE(object);
	freefunc free_object = (freefunc)PyType_GetSlot(type, Py_tp_free);

	fleet_close_handle((struct fleet_object *)object);
	free_object(object);
	Py_DECREF(type);
}

static PyObject *fleet_close(PyObject *object, PyObject *nothing)
{
	struct fleet_object *self = (struct fleet_object *)object;

	(void)nothing;
	self->closed = true;
	if (!self->calls)
		fleet_close_handle(self);
	return Py_BuildValue("");
}

/* ---- calls ---- */

/* Takes `item` over. */
static int list_add(PyObject *list, PyObject *item)
{
	int code = item ? PyList_Append(list, item) : -1;

	Py_XDECREF(item);
	return code;
}

/* A list of (number, exception). */
static PyObject *failures_to_python(const struct vbc_fleet_failures *failures)
{
	PyObject *list = PyList_New(0);

	for (size_t i = 0; list && i < failures->n; i++) {
		PyObject *error = error_to_python(&failures->v[i]->error);
		PyObject *number = PyLong_FromSize_t(failures->v[i]->number);

		if (!error || !number || list_add(list, PyTuple_Pack(2, number, error)))
			Py_CLEAR(list);
		Py_XDECREF(error);
		Py_XDECREF(number);
	}
	return list;
}

/* Takes both over. */
static PyObject *pair_of(PyObject *a, PyObject *b)
{
	PyObject *pair = a && b ? PyTuple_Pack(2, a, b) : NULL;

	Py_XDECREF(a);
	Py_XDECREF(b);
	return pair;
}

static bool is_cancelled(const struct vbc_fleet_failures *failures)
{
	for (size_t i = 0; i < failures->n; i++)
		if (failures->v[i]->error.code == VBC_E_CANCELLED)
			return true;
	return false;
}

/* Runs it again as long as it was another thread's exception that ended it. Fails with one. */
static int fleet_call(struct fleet_object *self, struct round *round, void (*undo)(struct round *),
		      const struct vbc_fleet_failures *(*failures)(const struct round *))
{
	int code;

	if (fleet_begin(self))
		return -1;
	round->fleet = self->fleet;
	for (int i = 0;; i++) {
		code = round_run(round);
		if (code || round->call.exception[0] || i == AGAIN_MAX ||
		    !is_cancelled(failures(round)))
			break;
		undo(round);
	}
	fleet_end(self);
	if (round->call.exception[0])
		PyErr_Restore(round->call.exception[0], round->call.exception[1],
			      round->call.exception[2]);
	else if (code)
		raise_error(&round->call.error);
	return PyErr_Occurred() ? -1 : 0;
}

static int nodes_run(struct round *round)
{
	return vbc_fleet_node_list(round->fleet, round->call.in.fields, &round->nodes,
				   &round->call.error);
}

static const struct vbc_fleet_failures *nodes_failures(const struct round *round)
{
	return &round->nodes->failures;
}

static void nodes_undo(struct round *round)
{
	vbc_fleet_nodes_free(round->nodes);
	round->nodes = NULL;
}

/* A list of (number, seen_at_ms, node). */
static PyObject *nodes_to_python(const struct vbc_fleet_nodes *nodes)
{
	PyObject *list = PyList_New(0);

	for (size_t i = 0; list && i < nodes->n; i++) {
		const struct vbc_fleet_node *each = nodes->v[i];
		PyObject *node = record_to_dict(node_shape, each->node);

		if (!node || list_add(list, Py_BuildValue("nLO", (Py_ssize_t)each->number,
							  (long long)each->seen_at_ms, node)))
			Py_CLEAR(list);
		Py_XDECREF(node);
	}
	return list;
}

static PyObject *fleet_node_list(PyObject *object, PyObject *args)
{
	struct round round = {.run = nodes_run};
	unsigned fields = (unsigned)VBC_NODE_FIELD_ALL;
	PyObject *result = NULL;

	if (!PyArg_ParseTuple(args, "|I:node_list", &fields))
		return NULL;
	round.call.in.fields = fields;
	if (!fleet_call((struct fleet_object *)object, &round, nodes_undo, nodes_failures))
		result = pair_of(nodes_to_python(round.nodes),
				 failures_to_python(&round.nodes->failures));
	nodes_undo(&round);
	return result;
}

static int each_ask_host(void *data, size_t number, struct vbc_host *host, struct vbc_error *err)
{
	struct round *round = data;
	struct call *call = &round->calls[number];
	int code;

	call->host = host;
	code = round->method->run(call);
	round->answered[number] = !code;
	if (code)
		*err = call->error;
	return code;
}

static int each_run(struct round *round)
{
	return vbc_fleet_each(round->fleet, each_ask_host, round, &round->failures,
			      &round->call.error);
}

static const struct vbc_fleet_failures *each_failures(const struct round *round)
{
	return round->failures;
}

static void each_undo(struct round *round)
{
	for (size_t i = 0; round->answered && i < vbc_fleet_count(round->fleet); i++) {
		if (round->answered[i] && round->method->free)
			round->method->free(round->calls[i].out.any);
		round->answered[i] = false;
		round->calls[i].error = (struct vbc_error){0};
	}
	vbc_fleet_failures_free(round->failures);
	round->failures = NULL;
}

/* A list of (number, what the method returns). */
static PyObject *each_to_python(const struct round *round)
{
	PyObject *list = PyList_New(0);

	for (size_t i = 0; list && i < vbc_fleet_count(round->fleet); i++) {
		PyObject *value;

		if (!round->answered[i])
			continue;
		value = round->method->result ? round->method->result(&round->calls[i])
					      : Py_BuildValue("");
		if (!value || list_add(list, Py_BuildValue("nO", (Py_ssize_t)i, value)))
			Py_CLEAR(list);
		Py_XDECREF(value);
	}
	return list;
}

static PyObject *each_call(struct fleet_object *self, struct round *round)
{
	size_t n = vbc_fleet_count(self->fleet);
	PyObject *result = NULL;

	round->calls = calloc(n + 1, sizeof(*round->calls));
	round->answered = calloc(n + 1, sizeof(*round->answered));
	if (!round->calls || !round->answered)
		PyErr_NoMemory();
	for (size_t i = 0; round->calls && i < n; i++)
		round->calls[i] = round->call;
	if (!PyErr_Occurred() && !fleet_call(self, round, each_undo, each_failures))
		result = pair_of(each_to_python(round), failures_to_python(round->failures));
	each_undo(round);
	free(round->calls);
	free(round->answered);
	return result;
}

/* each("node_get", "web1") */
static PyObject *fleet_each(PyObject *object, PyObject *args, PyObject *kwargs)
{
	struct fleet_object *self = (struct fleet_object *)object;
	PyObject *name = PyTuple_Size(args) > 0 ? PyTuple_GetItem(args, 0) : NULL, *rest;
	const struct method *method = name ? method_find(name) : NULL;
	struct round round = {.run = each_run, .method = method};
	PyObject *result = NULL;

	if (!method)
		return PyErr_Format(PyExc_TypeError, "each() needs the name of a method of Host");
	rest = PyTuple_GetSlice(args, 1, PyTuple_Size(args));
	round.call = (struct call){.keep = PyList_New(0),
				   .in = {.fields = (unsigned)VBC_NODE_FIELD_ALL}};
	if (rest && round.call.keep && !parse_arguments(&round.call, method, rest, kwargs)) {
		if (round.call.progress)
			PyErr_SetString(PyExc_TypeError, "each() tells no progress");
		else if (!fleet_begin(self)) {
			result = each_call(self, &round);
			fleet_end(self);
		}
	}
	Py_XDECREF(round.call.keep);
	Py_XDECREF(rest);
	return result;
}

/* ---- the type ---- */

static PyObject *fleet_reduce(PyObject *object, PyObject *nothing)
{
	(void)object;
	(void)nothing;
	PyErr_SetString(PyExc_TypeError, "a Fleet cannot be copied or pickled");
	return NULL;
}

static PyObject *fleet_get_closed(PyObject *object, void *nothing)
{
	(void)nothing;
	return PyBool_FromLong(((struct fleet_object *)object)->closed);
}

static PyGetSetDef properties[] = {
	{"closed", fleet_get_closed, NULL, "Whether close() was called.", NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef fleet_methods[] = {
	{"node_list", fleet_node_list, METH_VARARGS,
	 "node_list($self, fields=..., /)\n--\n\nThe nodes of all hosts, by name, and who failed."},
	{"each", (PyCFunction)(void (*)(void))fleet_each, METH_VARARGS | METH_KEYWORDS,
	 "each($self, method, /, *args, **kwargs)\n--\n\nWhat a method of Host returns for each "
	 "host, and who failed."},
	{"close", fleet_close, METH_NOARGS,
	 "close($self, /)\n--\n\nEnds the fleet when the last call in it has returned."},
	{"__reduce__", fleet_reduce, METH_NOARGS, "Refuses."},
	{NULL, NULL, 0, NULL},
};

PyObject *fleet_type(void)
{
	static char doc[] = "Fleet(members, *, timeout_s=5, seen_folder=None)\n--\n\n"
			    "Several hosts that are asked at the same time. Nothing is sent before "
			    "the first call.";
	static PyType_Slot slots[] = {
		{Py_tp_doc, doc},
		{Py_tp_init, fleet_init},
		{Py_tp_dealloc, fleet_dealloc},
		{Py_tp_getset, properties},
		{Py_tp_methods, fleet_methods},
		{0, NULL},
	};
	static PyType_Spec spec = {
		.name = "libcloud_virtualbox._vboxcloud.Fleet",
		.basicsize = sizeof(struct fleet_object),
		.flags = Py_TPFLAGS_DEFAULT,
		.slots = slots,
	};

	return PyType_FromSpec(&spec);
}
