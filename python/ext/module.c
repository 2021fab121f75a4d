/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The module: its class, its exception, its constants.
 */
#include "ext.h"

PyObject *vboxcloud_error;

static PyObject *size_parse(PyObject *module, PyObject *id)
{
	struct vbc_error error = {0};
	struct vbc_size size = {0};
	PyObject *bytes = PyUnicode_AsUTF8String(id);
	char *text;

	(void)module;
	if (!bytes || PyBytes_AsStringAndSize(bytes, &text, NULL)) {
		Py_XDECREF(bytes);
		return NULL;
	}
	if (vbc_size_parse(text, &size, &error))
		raise_error(&error);
	Py_DECREF(bytes);
	return PyErr_Occurred()
		       ? NULL
		       : Py_BuildValue("{sOsOsIsIsI}", "id", id, "name", id, "cpus", size.cpus,
				       "ram_mb", size.ram_mib, "disk_gb", size.disk_gib);
}

static PyMethodDef functions[] = {
	{"size_parse", size_parse, METH_O,
	 "size_parse(id, /)\n--\n\nReads a size id like 1_cpu-256_ram-30_disk, without a host."},
	{NULL, NULL, 0, NULL},
};

/* Takes `value` over. */
static int module_add_object(PyObject *module, const char *name, PyObject *value)
{
	if (value && !PyModule_AddObject(module, name, value))
		return 0;
	Py_XDECREF(value);
	return -1;
}

static int module_fill(PyObject *module)
{
	vboxcloud_error = PyErr_NewExceptionWithDoc(
		"libcloud_virtualbox._vboxcloud.VboxcloudError",
		"What a call of the library failed with; see vboxcloud/error.h.", NULL, NULL);
	Py_XINCREF(vboxcloud_error);
	return call_init() || module_add_object(module, "VboxcloudError", vboxcloud_error) ||
	       module_add_object(module, "Host", host_type()) ||
	       module_add_object(module, "Fleet", fleet_type()) ||
	       PyModule_AddStringConstant(module, "VERSION", VBC_VERSION) ||
	       PyModule_AddIntConstant(module, "NODE_NAME", VBC_NODE_FIELD_NAME) ||
	       PyModule_AddIntConstant(module, "NODE_HARDWARE", VBC_NODE_FIELD_HARDWARE) ||
	       PyModule_AddIntConstant(module, "NODE_SIZE", VBC_NODE_FIELD_SIZE) ||
	       PyModule_AddIntConstant(module, "NODE_FILES", VBC_NODE_FIELD_FILES) ||
	       PyModule_AddIntConstant(module, "NODE_NETWORK", VBC_NODE_FIELD_NETWORK) ||
	       module_add_object(module, "NODE_ALL",
				 PyLong_FromUnsignedLong((unsigned)VBC_NODE_FIELD_ALL));
}

PyMODINIT_FUNC PyInit__vboxcloud(void);

PyMODINIT_FUNC PyInit__vboxcloud(void)
{
	/* One state for the process (m_size -1): the library shares sessions between all handles.
	 */
	static struct PyModuleDef definition = {
		PyModuleDef_HEAD_INIT,
		"_vboxcloud",
		"The C library libvboxcloud.",
		-1,
		functions,
		NULL,
		NULL,
		NULL,
		NULL,
	};
	PyObject *module = PyModule_Create(&definition);

	if (module && module_fill(module))
		Py_CLEAR(module);
	return module;
}
