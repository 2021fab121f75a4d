/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Structs of the library to dicts, by their shapes.
 */
#include <stdbool.h>

#include "ext.h"

PyObject *text_to_python(const char *text)
{
	if (!text)
		text = "";
	return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
}

static PyObject *field_to_python(const struct field *field, const char *record)
{
	const void *at = record + field->at;

	switch (field->kind) {
	case KIND_TEXT: return text_to_python(*(const char *const *)at);
	case KIND_BOOL: return PyBool_FromLong(*(const bool *)at);
	case KIND_UINT: return PyLong_FromUnsignedLong(*(const unsigned *)at);
	case KIND_INT64: return PyLong_FromLongLong(*(const int64_t *)at);
	case KIND_UINT64: return PyLong_FromUnsignedLongLong(*(const uint64_t *)at);
	case KIND_ENUM: return text_to_python(field->name(*(const int *)at));
	case KIND_LIST: return list_to_python(field->shape, at);
	case KIND_TEXTS:
	case KIND_SECONDS:
	case KIND_OBJECT:
	case KIND_DATA:
	case KIND_FORWARDS:
	case KIND_TAGS: break;
	}
	PyErr_SetString(PyExc_SystemError, "a field of no kind");
	return NULL;
}

PyObject *record_to_dict(const struct field *shape, const void *record)
{
	PyObject *dict = PyDict_New();

	for (const struct field *f = shape; dict && f->key; f++) {
		PyObject *value = field_to_python(f, record);

		if (!value || PyDict_SetItemString(dict, f->key, value))
			Py_CLEAR(dict);
		Py_XDECREF(value);
	}
	return dict;
}

PyObject *list_to_python(const struct field *shape, const struct list *list)
{
	PyObject *result = PyList_New((Py_ssize_t)list->n);

	for (size_t i = 0; result && i < list->n; i++) {
		PyObject *item =
			shape ? record_to_dict(shape, list->v[i]) : text_to_python(list->v[i]);

		if (!item || PyList_SetItem(result, (Py_ssize_t)i, item)) /* takes item over */
			Py_CLEAR(result);
	}
	return result;
}
