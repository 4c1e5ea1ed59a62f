/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/**
 * libclang's C interface, as far as topoc needs it, loaded at run time.
 *
 * The shapes below are those of libclang's stable ABI (LLVM's include/clang-c/Index.h and CXString.h): structures go by
 * value, so their sizes and the order of their fields have to be right. Pointers to opaque objects are `void *`.
 * Whoever gets a cclang_string_t, a list of ranges, a diagnostic, a set of them, a unit or an index disposes of it.
 */

#include <stddef.h>

/** CXString: a text that libclang owns. */
typedef struct cclang_string {
    const void *data;
    unsigned private_flags;
} cclang_string_t;

/** CXSourceLocation. */
typedef struct cclang_location {
    const void *ptr_data[2];
    unsigned int_data;
} cclang_location_t;

/** CXSourceRange. */
typedef struct cclang_range {
    const void *ptr_data[2];
    unsigned begin_int_data;
    unsigned end_int_data;
} cclang_range_t;

/** CXSourceRangeList. */
typedef struct cclang_ranges {
    unsigned count;
    cclang_range_t *ranges;
} cclang_ranges_t;

/** CXToken. */
typedef struct cclang_token {
    unsigned int_data[4];
    void *ptr_data;
} cclang_token_t;

/** CXCursor: a node of the syntax tree. */
typedef struct cclang_cursor {
    int kind;
    int xdata;
    const void *data[3];
} cclang_cursor_t;

/** CXCursorKind, as far as topoc tells them apart. */
enum {
    CCLANG_FUNCTION = 8,
    CCLANG_VARIABLE = 9,
    CCLANG_MEMBER_REFERENCE = 47,
    CCLANG_NONE = 70,
    CCLANG_UNEXPOSED_EXPRESSION = 100,
    CCLANG_DECLARATION_REFERENCE = 101,
    CCLANG_MEMBER = 102,
    CCLANG_CALL = 103,
    CCLANG_INTEGER = 106,
    CCLANG_PARENTHESES = 111,
    CCLANG_UNARY = 112,
    CCLANG_ELEMENT = 113,
    CCLANG_BINARY = 114,
    CCLANG_CONDITIONAL = 116,
    CCLANG_INITIALIZER_LIST = 119,
    CCLANG_COMPOUND = 202,
    CCLANG_CASE = 203,
    CCLANG_DEFAULT = 204,
    CCLANG_IF = 205,
    CCLANG_SWITCH = 206,
    CCLANG_RETURN = 214,
    CCLANG_MACRO_DEFINITION = 501
};

/** CXTranslationUnit_Flags: what is kept of a parsed file beside its syntax tree. */
enum {
    CCLANG_PREPROCESSING_RECORD = 1
};

/** CXChildVisitResult: whether to go on, and with what. */
enum {
    CCLANG_VISIT_NEXT = 1
};

/** CXUnsavedFile: a file that stands in memory. `length` in bytes; the text may hold any. */
typedef struct cclang_unsaved_file {
    const char *path;
    const char *contents;
    unsigned long length;
} cclang_unsaved_file_t;

/** CXDiagnosticSeverity. */
enum {
    CCLANG_IGNORED = 0,
    CCLANG_NOTE = 1,
    CCLANG_WARNING = 2,
    CCLANG_ERROR = 3,
    CCLANG_FATAL = 4
};

/** CXInclusionVisitor: a file, and the places that include it, the innermost first. */
typedef void (*cclang_inclusion_visitor_t)(void *file, cclang_location_t *stack, unsigned depth, void *context);

/** CXCursorVisitor: a child, its parent; gives a CXChildVisitResult. */
typedef int (*cclang_cursor_visitor_t)(cclang_cursor_t cursor, cclang_cursor_t parent, void *context);

/**
 * The functions: a result, a name without its `clang_`, the arguments. CCLANG_FUNCTIONS(F) calls F with each.
 */
#define CCLANG_FUNCTIONS(F)                                                                                            \
    F(cclang_string_t, getClangVersion, (void))                                                                        \
    F(const char *, getCString, (cclang_string_t string))                                                              \
    F(void, disposeString, (cclang_string_t string))                                                                   \
    F(void *, createIndex, (int exclude_declarations_from_pch, int display_diagnostics))                               \
    F(void, disposeIndex, (void *index))                                                                               \
    F(int, parseTranslationUnit2,                                                                                      \
      (void *index, const char *path, const char *const *arguments, int argument_count,                                \
       cclang_unsaved_file_t *files, unsigned file_count, unsigned options, void **unit))                              \
    F(void, disposeTranslationUnit, (void *unit))                                                                      \
    F(unsigned, getNumDiagnostics, (void *unit))                                                                       \
    F(void *, getDiagnostic, (void *unit, unsigned index))                                                             \
    F(void, disposeDiagnostic, (void *diagnostic))                                                                     \
    F(int, getDiagnosticSeverity, (void *diagnostic))                                                                  \
    F(cclang_string_t, getDiagnosticSpelling, (void *diagnostic))                                                      \
    F(cclang_string_t, getDiagnosticOption, (void *diagnostic, cclang_string_t *disabling))                            \
    F(cclang_location_t, getDiagnosticLocation, (void *diagnostic))                                                    \
    F(unsigned, getDiagnosticNumRanges, (void *diagnostic))                                                            \
    F(cclang_range_t, getDiagnosticRange, (void *diagnostic, unsigned index))                                          \
    F(void *, getChildDiagnostics, (void *diagnostic))                                                                 \
    F(unsigned, getNumDiagnosticsInSet, (void *set))                                                                   \
    F(void *, getDiagnosticInSet, (void *set, unsigned index))                                                         \
    F(void, getFileLocation,                                                                                           \
      (cclang_location_t location, void **file, unsigned *line, unsigned *column, unsigned *offset))                   \
    F(cclang_string_t, getFileName, (void *file))                                                                      \
    F(cclang_token_t *, getToken, (void *unit, cclang_location_t location))                                            \
    F(cclang_range_t, getTokenExtent, (void *unit, cclang_token_t token))                                              \
    F(void, disposeTokens, (void *unit, cclang_token_t *tokens, unsigned count))                                       \
    F(cclang_location_t, getRangeStart, (cclang_range_t range))                                                        \
    F(cclang_location_t, getRangeEnd, (cclang_range_t range))                                                          \
    F(void, getInclusions, (void *unit, cclang_inclusion_visitor_t visitor, void *context))                            \
    F(cclang_ranges_t *, getAllSkippedRanges, (void *unit))                                                            \
    F(void, disposeSourceRangeList, (cclang_ranges_t *ranges))                                                         \
    F(cclang_cursor_t, getTranslationUnitCursor, (void *unit))                                                         \
    F(unsigned, visitChildren, (cclang_cursor_t parent, cclang_cursor_visitor_t visitor, void *context))               \
    F(cclang_cursor_t, Cursor_getVarDeclInitializer, (cclang_cursor_t variable))                                       \
    F(cclang_string_t, getCursorSpelling, (cclang_cursor_t cursor))                                                    \
    F(cclang_location_t, getCursorLocation, (cclang_cursor_t cursor))                                                  \
    F(cclang_range_t, getCursorExtent, (cclang_cursor_t cursor))                                                       \
    F(int, Location_isFromMainFile, (cclang_location_t location))                                                      \
    F(void *, Cursor_Evaluate, (cclang_cursor_t cursor))                                                               \
    F(int, EvalResult_getKind, (void *result))                                                                         \
    F(unsigned long long, EvalResult_getAsUnsigned, (void *result))                                                    \
    F(void, EvalResult_dispose, (void *result))

/** The functions of a loaded libclang. It stays loaded. */
typedef struct cclang_api {
#define CCLANG_MEMBER(RESULT, NAME, ARGUMENTS) RESULT(*NAME) ARGUMENTS;
    CCLANG_FUNCTIONS(CCLANG_MEMBER)
#undef CCLANG_MEMBER
} cclang_api_t;

/**
 * Loads the library of a path, or of a name that the dynamic linker finds, and fills `api`.
 *
 * Gives 0, or -1 with the reason, as a text that ends in NUL, in `reason` (of `size` bytes, at least 1).
 */
int cclang_load(const char *path, cclang_api_t *api, char *reason, size_t size);
