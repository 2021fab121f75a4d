/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Arguments of a method, by the table of its parameters, into a struct call.
 */
#include <limits.h>

#include "ext.h"

/* The text lives as long as call->keep. */
static int keep_text(struct call *call, PyObject *value, const char **ret)
{
	PyObject *bytes;
	char *text;
	int code;

	if (!PyUnicode_Check(value)) {
		PyErr_SetString(PyExc_TypeError, "not a str");
		return -1;
	}
	bytes = PyUnicode_AsUTF8String(value);
	if (!bytes)
		return -1;
	code = PyBytes_AsStringAndSize(bytes, &text, NULL); /* refuses a NUL inside */
	if (!code)
		code = PyList_Append(call->keep, bytes);
	Py_DECREF(bytes); /* call->keep has it */
	if (!code)
		*ret = text;
	return code;
}

/* The same of bytes that may be any. */
static int keep_data(struct call *call, PyObject *value, struct data *ret)
{
	bool is_bytes = PyBytes_Check(value) || PyByteArray_Check(value);
	PyObject *bytes;
	char *at = NULL;
	Py_ssize_t n = 0;
	int code;

	if (!is_bytes && !PyUnicode_Check(value)) {
		PyErr_SetString(PyExc_TypeError, "not a str or bytes");
		return -1;
	}
	bytes = is_bytes ? PyBytes_FromObject(value) : PyUnicode_AsUTF8String(value);
	if (!bytes)
		return -1;
	code = PyBytes_AsStringAndSize(bytes, &at, &n);
	if (!code)
		code = PyList_Append(call->keep, bytes);
	Py_DECREF(bytes); /* call->keep has it */
	if (!code)
		*ret = (struct data){.bytes = at, .size = (size_t)n};
	return code;
}

/* The array is a bytes object, for call->keep to free. */
static int keep_texts(struct call *call, PyObject *value, const char *const **ret)
{
	Py_ssize_t n = PyUnicode_Check(value) ? -1 : PySequence_Size(value);
	PyObject *array;
	const char **texts;
	int code = 0;

	if (n < 0) {
		if (!PyErr_Occurred())
			PyErr_SetString(PyExc_TypeError, "a str, not a sequence of str");
		return -1;
	}
	array = PyBytes_FromStringAndSize(NULL, (n + 1) * (Py_ssize_t)sizeof(*texts));
	if (!array)
		return -1;
	texts = (const char **)(void *)PyBytes_AsString(array);
	for (Py_ssize_t i = 0; !code && i < n; i++) {
		PyObject *item = PySequence_GetItem(value, i);

		code = item ? keep_text(call, item, &texts[i]) : -1;
		Py_XDECREF(item);
	}
	texts[n] = NULL;
	if (!code)
		code = PyList_Append(call->keep, array);
	Py_DECREF(array);
	if (!code)
		*ret = texts;
	return code;
}

/* One dict, into call->in.forward. */
static int read_forward(struct call *call, PyObject *dict)
{
	PyObject *nothing = PyTuple_New(0);
	int code = -1;

	if (nothing && !PyDict_Check(dict))
		PyErr_SetString(PyExc_TypeError, "not a sequence of dicts");
	else if (nothing) {
		call->in.forward = (struct vbc_forward_add_opts)VBC_FORWARD_ADD_OPTS_INIT;
		code = parse_arguments(call, &forward_words, nothing, dict);
	}
	Py_XDECREF(nothing);
	return code;
}

/* Pointers, and behind them what they point to: a bytes object, for call->keep to free. */
static int keep_forwards(struct call *call, PyObject *value, struct forwards *ret)
{
	Py_ssize_t n = PySequence_Size(value);
	struct vbc_forward_add_opts *opts;
	const struct vbc_forward_add_opts **v;
	PyObject *array;
	int code = 0;

	if (n < 0)
		return -1;
	array = PyBytes_FromStringAndSize(NULL, n * (Py_ssize_t)(sizeof(void *) + sizeof(*opts)));
	if (!array)
		return -1;
	v = (const struct vbc_forward_add_opts **)(void *)PyBytes_AsString(array);
	opts = (struct vbc_forward_add_opts *)(void *)(v + n);
	for (Py_ssize_t i = 0; !code && i < n; i++) {
		PyObject *dict = PySequence_GetItem(value, i);

		code = dict ? read_forward(call, dict) : -1;
		opts[i] = call->in.forward;
		v[i] = &opts[i];
		Py_XDECREF(dict);
	}
	if (!code)
		code = PyList_Append(call->keep, array);
	Py_DECREF(array);
	if (!code)
		*ret = (struct forwards){.v = v, .n = (size_t)n};
	return code;
}

/* One item of a dict, a tuple. */
static int read_tag(struct call *call, PyObject *item, struct vbc_tag *ret)
{
	PyObject *key = PySequence_GetItem(item, 0), *value = PySequence_GetItem(item, 1);
	int code = key && value ? keep_text(call, key, &ret->key) : -1;

	if (!code)
		code = keep_text(call, value, &ret->value);
	Py_XDECREF(key);
	Py_XDECREF(value);
	return code;
}

/* The array is a bytes object, for call->keep to free. */
static int keep_tags(struct call *call, PyObject *value, struct tags *ret)
{
	PyObject *items = PyMapping_Items(value), *array = NULL;
	Py_ssize_t n = items ? PySequence_Size(items) : -1;
	struct vbc_tag *tags = NULL;
	int code = 0;

	if (n >= 0)
		array = PyBytes_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(*tags));
	if (array)
		tags = (struct vbc_tag *)(void *)PyBytes_AsString(array);
	for (Py_ssize_t i = 0; tags && !code && i < n; i++) {
		PyObject *item = PySequence_GetItem(items, i);

		code = item ? read_tag(call, item, &tags[i]) : -1;
		Py_XDECREF(item);
	}
	code = tags && !code ? PyList_Append(call->keep, array) : -1;
	Py_XDECREF(array);
	Py_XDECREF(items);
	if (!code)
		*ret = (struct tags){.v = tags, .n = (size_t)n};
	return code;
}

static int read_uint(PyObject *value, unsigned *ret)
{
	long long number;

	if (!PyLong_Check(value)) {
		PyErr_SetString(PyExc_TypeError, "not an int");
		return -1;
	}
	number = PyLong_AsLongLong(value);
	if (number == -1 && PyErr_Occurred())
		PyErr_Clear();
	if (number < 0 || number > UINT_MAX) {
		PyErr_SetString(PyExc_ValueError, "negative or too large");
		return -1;
	}
	*ret = (unsigned)number;
	return 0;
}

/* No time at all is one millisecond: 0 means no limit. */
static int read_seconds(PyObject *value, unsigned *ret_ms)
{
	double seconds = PyFloat_AsDouble(value);

	if (seconds == -1.0 && PyErr_Occurred())
		return -1;
	if (!(seconds >= 0) || seconds > UINT_MAX / 1000) {
		PyErr_SetString(PyExc_ValueError, "negative or too long");
		return -1;
	}
	*ret_ms = seconds < 0.001 ? 1 : (unsigned)(seconds * 1000);
	return 0;
}

static int read_state(struct call *call, PyObject *value, enum vbc_node_state *ret)
{
	const char *name = NULL;

	if (keep_text(call, value, &name))
		return -1;
	for (enum vbc_node_state s = VBC_NODE_STATE_UNKNOWN; s <= VBC_NODE_STATE_ERROR; s++) {
		if (streq(vbc_node_state_name(s), name)) {
			*ret = s;
			return 0;
		}
	}
	PyErr_SetString(PyExc_ValueError, "not a state of a node");
	return -1;
}

static int read_bool(PyObject *value, bool *ret)
{
	int truth = PyObject_IsTrue(value);

	if (truth < 0)
		return -1;
	*ret = truth;
	return 0;
}

static int argument_store(struct call *call, const struct param *param, PyObject *value)
{
	void *at = (char *)call + param->at;

	if (value == Py_None && param->need != GIVEN && param->need != GIVEN_NAMED)
		return 0; /* the default */
	switch (param->kind) {
	case KIND_TEXT: return keep_text(call, value, at);
	case KIND_TEXTS: return keep_texts(call, value, at);
	case KIND_BOOL: return read_bool(value, at);
	case KIND_UINT: return read_uint(value, at);
	case KIND_SECONDS: return read_seconds(value, at);
	case KIND_ENUM: return read_state(call, value, at);
	case KIND_DATA: return keep_data(call, value, at);
	case KIND_FORWARDS: return keep_forwards(call, value, at);
	case KIND_TAGS: return keep_tags(call, value, at);
	case KIND_OBJECT: *(PyObject **)at = value; return PyList_Append(call->keep, value);
	default: PyErr_SetString(PyExc_SystemError, "a parameter of no kind"); return -1;
	}
}

/* "fields: not an int", where the conversion did not know the name. */
static void name_the_argument(const struct param *param)
{
	PyObject *type, *value, *traceback;

	PyErr_Fetch(&type, &value, &traceback);
	if ((type != PyExc_TypeError && type != PyExc_ValueError) || !value) {
		PyErr_Restore(type, value, traceback);
		return;
	}
	PyErr_Format(type, "%s: %S", param->name, value);
	Py_DECREF(type);
	Py_DECREF(value);
	Py_XDECREF(traceback);
}

static int check_keywords(const struct method *method, PyObject *kwargs)
{
	PyObject *key, *value;
	Py_ssize_t at = 0;

	while (kwargs && PyDict_Next(kwargs, &at, &key, &value)) {
		const struct param *p = method->params;

		if (!PyUnicode_Check(key)) { /* of a dict within an argument */
			PyErr_Format(PyExc_TypeError, "%s() takes names, not %R", method->name,
				     key);
			return -1;
		}
		while (p->name && PyUnicode_CompareWithASCIIString(key, p->name))
			p++;
		if (!p->name) {
			PyErr_Format(PyExc_TypeError, "%s() takes no argument '%U'", method->name,
				     key);
			return -1;
		}
	}
	return 0;
}

static bool by_position(const struct param *p)
{
	return p->need == GIVEN || p->need == OPTIONAL;
}

int parse_arguments(struct call *call, const struct method *method, PyObject *args,
		    PyObject *kwargs)
{
	Py_ssize_t n = PyTuple_Size(args), used = 0;

	if (check_keywords(method, kwargs))
		return -1;
	for (const struct param *p = method->params; p->name; p++) {
		PyObject *value = kwargs ? PyDict_GetItemString(kwargs, p->name) : NULL;

		if (by_position(p) && used < n) {
			if (value)
				return PyErr_Format(PyExc_TypeError, "%s() was given '%s' twice",
						    method->name, p->name),
				       -1;
			value = PyTuple_GetItem(args, used++);
		}
		if (!value && (p->need == GIVEN || p->need == GIVEN_NAMED))
			return PyErr_Format(PyExc_TypeError, "%s() needs '%s'", method->name,
					    p->name),
			       -1;
		if (value && argument_store(call, p, value)) {
			name_the_argument(p);
			return -1;
		}
	}
	if (used < n)
		return PyErr_Format(PyExc_TypeError, "%s() takes %zd by position, not %zd",
				    method->name, used, n),
		       -1;
	return 0;
}
