/* SPDX-License-Identifier: Apache-2.0
 *
 * VBoxHeadless for a machine without VirtualBox's kernel module. VirtualBox's own program opens
 * /dev/vboxdrv before anything else and gives up; its run-time library however can work without
 * a driver, interpreting the guest. This program asks for that and then does what VBoxHeadless
 * does: hand over to VBoxHeadless.so. It takes the place of VBoxHeadless in the private
 * installation, where VBoxSVC starts it by that name.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LIBRARIES            "/usr/lib/virtualbox/"
#define SUP_DRIVERLESS       0x4u
#define SUP_INTERPRETER_ONLY 0x8u

typedef int init_exe_fn(int argc, char ***argv, uint32_t flags);
typedef int init_support_fn(uint32_t flags, void **ret_session);
typedef int trusted_main_fn(int argc, char **argv, char **envp);

/* A function's address as a void pointer is POSIX, not C: hence the copy. */
static int find(void *library, const char *name, void *ret_function)
{
	void *address = library ? dlsym(library, name) : NULL;

	if (!address) {
		fprintf(stderr, "VBoxHeadless: %s\n", dlerror());
		return -1;
	}
	memcpy(ret_function, &address, sizeof(address));
	return 0;
}

int main(int argc, char **argv, char **envp)
{
	init_exe_fn *init_exe;
	init_support_fn *init_support;
	trusted_main_fn *trusted_main;
	void *runtime = dlopen(LIBRARIES "VBoxRT.so", RTLD_NOW | RTLD_GLOBAL);
	void *session = NULL;
	int rc;

	if (find(runtime, "RTR3InitExe", &init_exe) || find(runtime, "SUPR3InitEx", &init_support))
		return 1;
	rc = init_exe(argc, &argv, 0);
	if (rc >= 0)
		rc = init_support(SUP_DRIVERLESS | SUP_INTERPRETER_ONLY, &session);
	if (rc < 0) {
		fprintf(stderr, "VBoxHeadless: VirtualBox's run-time library failed: %d\n", rc);
		return 1;
	}
	if (find(dlopen(LIBRARIES "VBoxHeadless.so", RTLD_NOW | RTLD_GLOBAL), "TrustedMain",
		 &trusted_main))
		return 1;
	return trusted_main(argc, argv, envp);
}
