/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * class Host: a handle, which is closed when the last call in it has returned.
 */
#include "ext.h"

/* By any thread that is in a call, without the GIL; what the function raises cannot go anywhere. */
static void log_line(void *data, int level, const char *line)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	PyObject *type, *value, *traceback, *text, *answer = NULL;

	PyErr_Fetch(&type, &value, &traceback);
	text = text_to_python(line);
	if (text)
		answer = PyObject_CallFunction(data, "iO", level, text);
	if (!answer)
		PyErr_WriteUnraisable(data);
	Py_XDECREF(answer);
	Py_XDECREF(text);
	PyErr_Restore(type, value, traceback);
	PyGILState_Release(gil);
}

static void close_handle(struct host_object *self)
{
	struct vbc_host *host = self->host;

	self->host = NULL;
	if (!host)
		return;
	Py_BEGIN_ALLOW_THREADS vbc_host_close(host);
	Py_END_ALLOW_THREADS
}

int host_begin(struct host_object *self)
{
	if (!self->host || self->closed) {
		PyErr_SetString(PyExc_ValueError, "the host is closed");
		return -1;
	}
	self->calls++;
	return 0;
}

void host_end(struct host_object *self)
{
	self->calls--;
	if (self->closed && !self->calls)
		close_handle(self);
}

static int open_handle(struct host_object *self, struct vbc_host_opts *opts)
{
	struct vbc_error error = {0};
	struct vbc_host *host = NULL;
	int code;

	opts->tick = current_call_tick;
	if (self->log) {
		opts->log = log_line;
		opts->log_data = self->log;
	}
	Py_BEGIN_ALLOW_THREADS code = vbc_host_open(opts, &host, &error);
	Py_END_ALLOW_THREADS if (code)
	{
		raise_error(&error);
		return -1;
	}
	self->host = host;
	self->url = text_to_python(vbc_host_url(host));
	return self->url ? 0 : -1;
}

int seconds_to_ms(const char *name, double seconds, unsigned *ret_ms)
{
	if (!(seconds > 0) || seconds > 4000000) {
		PyErr_Format(PyExc_ValueError, "%s: not positive, or too long", name);
		return -1;
	}
	*ret_ms = seconds < 0.001 ? 1 : (unsigned)(seconds * 1000);
	return 0;
}

int host_opts_parse(PyObject *args, PyObject *kwargs, struct vbc_host_opts *opts,
		    PyObject **ret_log)
{
	char *names[] = {(char[]){"url"},
			 (char[]){"user"},
			 (char[]){"password"},
			 (char[]){"ca_file"},
			 (char[]){"connect_timeout_s"},
			 (char[]){"call_timeout_s"},
			 (char[]){"log"},
			 (char[]){"fingerprint"},
			 (char[]){"dry_run"},
			 NULL};
	double connect_s = 10, call_s = 60;
	PyObject *log = NULL;
	int dry_run = 0;

	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|zss$zddOzp:Host", names, &opts->url,
					 &opts->user, &opts->password, &opts->ca_file, &connect_s,
					 &call_s, &log, &opts->fingerprint, &dry_run) ||
	    seconds_to_ms("connect_timeout_s", connect_s, &opts->connect_timeout_ms) ||
	    seconds_to_ms("call_timeout_s", call_s, &opts->call_timeout_ms))
		return -1;
	opts->dry_run = dry_run;
	*ret_log = log == Py_None ? NULL : log;
	return 0;
}

static int host_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
	struct host_object *self = (struct host_object *)object;
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	PyObject *log = NULL;

	if (self->host || self->closed) {
		PyErr_SetString(PyExc_RuntimeError, "a host is opened once");
		return -1;
	}
	if (host_opts_parse(args, kwargs, &opts, &log))
		return -1;
	if (log) {
		Py_INCREF(log);
		self->log = log;
	}
	self->user = text_to_python(opts.user);
	return self->user ? open_handle(self, &opts) : -1;
}

static int host_traverse(PyObject *object, visitproc visit, void *arg)
{
	struct host_object *self = (struct host_object *)object;

	Py_VISIT(Py_TYPE(object));
	Py_VISIT(self->log);
	return 0;
}

/* The handle uses `log` until it is closed. */
static int host_clear(PyObject *object)
{
	struct host_object *self = (struct host_object *)object;

	self->closed = true;
	close_handle(self);
	Py_CLEAR(self->log);
	return 0;
}

static void host_dealloc(PyObject *object)
{
	struct host_object *self = (struct host_object *)object;
	PyTypeObject *type = Py_TYPE(object);
	freefunc free_object = (freefunc)PyType_GetSlot(type, Py_tp_free);

	PyObject_GC_UnTrack(object);
	host_clear(object);
	Py_XDECREF(self->url);
	Py_XDECREF(self->user);
	free_object(object);
	Py_DECREF(type);
}

static PyObject *host_repr(PyObject *object)
{
	struct host_object *self = (struct host_object *)object;

	return PyUnicode_FromFormat("Host(%R, %R)", self->url ? self->url : Py_None,
				    self->user ? self->user : Py_None);
}

static PyObject *host_close(PyObject *object, PyObject *nothing)
{
	struct host_object *self = (struct host_object *)object;

	(void)nothing;
	self->closed = true;
	if (!self->calls)
		close_handle(self);
	return Py_BuildValue("");
}

static PyObject *host_enter(PyObject *object, PyObject *nothing)
{
	(void)nothing;
	Py_INCREF(object);
	return object;
}

static PyObject *host_exit(PyObject *object, PyObject *args)
{
	(void)args;
	return host_close(object, NULL);
}

/* A copy in another process would need the password. */
static PyObject *host_reduce(PyObject *object, PyObject *nothing)
{
	(void)object;
	(void)nothing;
	PyErr_SetString(PyExc_TypeError, "a Host cannot be copied or pickled");
	return NULL;
}

static PyObject *get_text(PyObject *object, void *offset)
{
	PyObject *text = *(PyObject **)(void *)((char *)object + (size_t)offset);

	if (!text)
		text = Py_None;
	Py_INCREF(text);
	return text;
}

static PyObject *get_closed(PyObject *object, void *nothing)
{
	(void)nothing;
	return PyBool_FromLong(((struct host_object *)object)->closed);
}

static PyGetSetDef properties[] = {
	{"url", get_text, NULL, "The address in full.", (void *)offsetof(struct host_object, url)},
	{"user", get_text, NULL, "The user who logs on.",
	 (void *)offsetof(struct host_object, user)},
	{"closed", get_closed, NULL, "Whether close() was called.", NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static const PyMethodDef own_methods[] = {
	{"close", host_close, METH_NOARGS,
	 "close($self, /)\n--\n\nEnds the handle when the last call in it has returned."},
	{"__enter__", host_enter, METH_NOARGS, "__enter__($self, /)\n--\n\nThe host itself."},
	{"__exit__", host_exit, METH_VARARGS, "Closes the host."},
	{"__reduce__", host_reduce, METH_NOARGS, "Refuses."},
};

#define OWN_METHODS (sizeof(own_methods) / sizeof(own_methods[0]))
#define METHODS_MAX 120
static PyMethodDef methods[METHODS_MAX + 1];

static const char *default_of(const struct param *param)
{
	if (param->need == GIVEN || param->need == GIVEN_NAMED)
		return "";
	if (param->at == offsetof(struct call, in.fields))
		return "=..."; /* all of them */
	switch (param->kind) {
	case KIND_BOOL: return "=False";
	case KIND_UINT: return "=0";
	case KIND_TEXTS:
	case KIND_FORWARDS: return "=()";
	case KIND_TAGS: return "={}";
	default: return "=None";
	}
}

/* "node_stop($self, id, force=False, *, timeout_s=None)\n--\n\n…", for help() and inspect. */
static char *describe_method(const struct method *method)
{
	PyObject *text = PyUnicode_FromFormat("%s($self", method->name), *bytes;
	char *copy = NULL;
	bool named = false;

	for (const struct param *p = method->params; p->name; p++) {
		bool by_name = p->need == NAMED || p->need == GIVEN_NAMED;

		PyUnicode_AppendAndDel(&text, PyUnicode_FromFormat(", %s%s%s",
								   by_name && !named ? "*, " : "",
								   p->name, default_of(p)));
		named = named || by_name;
	}
	PyUnicode_AppendAndDel(&text, PyUnicode_FromFormat(")\n--\n\n%s", method->doc));
	bytes = text ? PyUnicode_AsUTF8String(text) : NULL;
	if (bytes)
		copy = strdup(PyBytes_AsString(bytes));
	Py_XDECREF(bytes);
	Py_XDECREF(text);
	return copy;
}

static const struct method_row *const tables[] = {host_methods,   node_methods,    image_methods,
						  volume_methods, display_methods, forward_methods,
						  network_methods};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

const struct method *method_find(PyObject *name)
{
	if (!PyUnicode_Check(name))
		return NULL;
	for (size_t i = 0; i < TABLES; i++)
		for (const struct method_row *row = tables[i]; row->method; row++)
			if (!PyUnicode_CompareWithASCIIString(name, row->method->name))
				return row->method;
	return NULL;
}

/* One array of all tables, as CPython wants it; it lives as long as the process. */
static int collect_methods(void)
{
	size_t n = OWN_METHODS;

	memcpy(methods, own_methods, sizeof(own_methods));
	for (size_t i = 0; i < TABLES; i++) {
		for (const struct method_row *row = tables[i]; row->method; row++) {
			char *doc = n < METHODS_MAX ? describe_method(row->method) : NULL;

			if (!doc) {
				PyErr_NoMemory();
				return -1;
			}
			methods[n++] = (PyMethodDef){row->method->name,
						     (PyCFunction)(void (*)(void))row->function,
						     METH_VARARGS | METH_KEYWORDS, doc};
		}
	}
	return 0;
}

PyObject *host_type(void)
{
	static char doc[] = "Host(url=None, user='', password='', *, ca_file=None, "
			    "connect_timeout_s=10, call_timeout_s=60, log=None, fingerprint=None, "
			    "dry_run=False)\n--\n\n"
			    "A VirtualBox host. Nothing is sent before the first call.";
	static PyType_Slot slots[] = {
		{Py_tp_doc, doc},
		{Py_tp_init, host_init},
		{Py_tp_dealloc, host_dealloc},
		{Py_tp_traverse, host_traverse},
		{Py_tp_clear, host_clear},
		{Py_tp_repr, host_repr},
		{Py_tp_getset, properties},
		{Py_tp_methods, methods},
		{0, NULL},
	};
	static PyType_Spec spec = {
		.name = "libcloud_virtualbox._vboxcloud.Host",
		.basicsize = sizeof(struct host_object),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
		.slots = slots,
	};

	return collect_methods() ? NULL : PyType_FromSpec(&spec);
}
