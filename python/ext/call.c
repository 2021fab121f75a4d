/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One call of the library: without the GIL, and, while it waits, with an eye on what may end it:
 * signals, exceptions that another thread has sent to this one, and those of the caller's own
 * progress function.
 */
#include "ext.h"

const struct vbc_wait brief_wait = {.timeout_ms = 600000};

static _Thread_local struct call *current;

/* A thread's asynchronous exceptions come up where Python code runs; this is the least of it. */
static PyObject *some_code;

int call_init(void)
{
	some_code = Py_CompileString("for _ in (0, 0): pass", "<vboxcloud>", Py_file_input);
	return some_code ? 0 : -1;
}

static bool is_disturbed(void)
{
	PyObject *globals, *nothing;

	if (PyErr_CheckSignals())
		return true;
	globals = PyDict_New();
	nothing = globals ? PyEval_EvalCode(some_code, globals, globals) : NULL;
	Py_XDECREF(nothing);
	Py_XDECREF(globals);
	return !nothing;
}

static bool told_progress(PyObject *who, const struct vbc_progress *p)
{
	PyObject *what = text_to_python(p->what), *answer = NULL;

	if (what)
		answer = PyObject_CallFunction(who, "OIKK", what, p->percent,
					       (unsigned long long)p->done,
					       (unsigned long long)p->total);
	Py_XDECREF(what);
	Py_XDECREF(answer);
	return answer;
}

int call_tick(struct call *call, const struct vbc_progress *progress)
{
	if (call->exception[0])
		return 1;
	PyEval_RestoreThread(call->thread);
	if (is_disturbed() ||
	    (progress && call->progress && !told_progress(call->progress, progress)))
		PyErr_Fetch(&call->exception[0], &call->exception[1], &call->exception[2]);
	call->thread = PyEval_SaveThread();
	return call->exception[0] != NULL;
}

static int wait_tick(void *data, const struct vbc_progress *progress)
{
	return call_tick(data, progress);
}

int current_call_tick(void *data)
{
	(void)data;
	return current ? call_tick(current, NULL) : 0;
}

/* Attributes of the exception; `text` is its str(). */
static int exception_describe(PyObject *exception, const struct vbc_error *error)
{
	const struct {
		const char *name;
		PyObject *value;
	} attributes[] = {
		{"code", text_to_python(vbc_code_name(error->code))},
		{"hint", text_to_python(vbc_hint_name(vbc_error_hint(error)))},
		{"result", PyLong_FromLong(error->result)},
		{"http", PyLong_FromLong(error->http)},
		{"os", PyLong_FromLong(error->os)},
		{"call", text_to_python(error->call)},
		{"component", text_to_python(error->component)},
		{"text", text_to_python(error->text)},
	};
	int code = 0;

	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (!attributes[i].value ||
		    PyObject_SetAttrString(exception, attributes[i].name, attributes[i].value))
			code = -1;
		Py_XDECREF(attributes[i].value);
	}
	return code;
}

PyObject *error_to_python(const struct vbc_error *error)
{
	PyObject *text = text_to_python(error->text), *exception = NULL;

	if (text && error->code == VBC_E_NOMEM)
		PyErr_NoMemory();
	else if (text)
		exception = PyObject_CallFunctionObjArgs(vboxcloud_error, text, NULL);
	Py_XDECREF(text);
	if (exception && exception_describe(exception, error))
		Py_CLEAR(exception);
	return exception;
}

PyObject *raise_error(const struct vbc_error *error)
{
	PyObject *exception = error_to_python(error);

	if (exception)
		PyErr_SetObject(vboxcloud_error, exception);
	Py_XDECREF(exception);
	return NULL;
}

static int call_run(struct call *call, const struct method *method)
{
	struct call *outer = current; /* progress may call another host's methods */
	int code;

	call->wait.tick = call->progress ? wait_tick : NULL;
	call->wait.data = call;
	current = call;
	call->thread = PyEval_SaveThread();
	code = method->run(call);
	PyEval_RestoreThread(call->thread);
	current = outer;
	return code;
}

/* An exception that came up wins, even where the work was done by then. */
static PyObject *result_of(struct call *call, const struct method *method, int code)
{
	PyObject *result = NULL;

	if (call->exception[0])
		PyErr_Restore(call->exception[0], call->exception[1], call->exception[2]);
	else if (code)
		raise_error(&call->error);
	else
		result = method->result ? method->result(call) : Py_BuildValue("");
	if (!code && method->free)
		method->free(call->out.any);
	return result;
}

PyObject *call_method(PyObject *self, PyObject *args, PyObject *kwargs, const struct method *method)
{
	struct host_object *host = (struct host_object *)self;
	struct call call = {.keep = PyList_New(0), .in = {.fields = (unsigned)VBC_NODE_FIELD_ALL}};
	PyObject *result = NULL;

	if (call.keep && !parse_arguments(&call, method, args, kwargs) && !host_begin(host)) {
		call.host = host->host;
		result = result_of(&call, method, call_run(&call, method));
		host_end(host);
	}
	Py_XDECREF(call.keep);
	return result;
}
