/* SPDX-License-Identifier: BSD-2-Clause */

#include "CClang.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int cclang_load(const char *path, cclang_api_t *api, char *reason, size_t size)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *said = dlerror();
        snprintf(reason, size, "%s", said ? said : path);
        return -1;
    }
    /* ISO C has no cast from an object to a function pointer; POSIX says that this copy is one. */
#define CCLANG_LOOK_UP(RESULT, NAME, ARGUMENTS)                                                                        \
    {                                                                                                                  \
        void *symbol = dlsym(library, "clang_" #NAME);                                                                 \
        if (!symbol) {                                                                                                 \
            snprintf(reason, size, "%s has no clang_" #NAME, path);                                                    \
            dlclose(library);                                                                                          \
            return -1;                                                                                                 \
        }                                                                                                              \
        memcpy(&api->NAME, &symbol, sizeof(symbol));                                                                   \
    }
    CCLANG_FUNCTIONS(CCLANG_LOOK_UP)
#undef CCLANG_LOOK_UP
    return 0;
}
