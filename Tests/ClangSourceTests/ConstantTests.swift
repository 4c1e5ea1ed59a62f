// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Testing

/// What initializers say, as every libclang of this machine reads it.
@Suite(.enabled(if: !Machine.libclangs.isEmpty, "needs libclang (apt-get install libclang1-14)"))
struct ConstantTests {
    private static let text = """
        #include "other.h"
        enum kind { PLAIN, FANCY };
        struct part { uint64_t number; enum kind kind; const uint16_t *list; void (*call)(void); };
        void called(void);
        static const uint16_t few[] = {1, 2 + 3, 0xffff};
        static uint32_t memory[4];
        const struct part parts[] = {
            {.number = 0xffffffffffffffffull, .kind = FANCY, .list = few, .call = called},
            {.number = (uint64_t)1 << 40, .list = 0},
        };
        void (*const chosen)(void) = called;
        const unsigned int count = sizeof(parts) / sizeof(parts[0]);

        """

    @Test(arguments: Machine.libclangs) func areRead(_ libclang: Libclang) throws {
        let checker = try SourceChecker(.stubs(.camkes3_11), libclang: libclang)
        let files = [
            CFile(path: "a.c", text: Self.text),
            CFile(path: "other.h", text: "#include <stdint.h>\nstatic const int hidden = 3;\n"),
        ]
        let read = try checker.constants(of: "a.c", in: files)
        #expect(read["few"] == .list([.number(1), .number(5), .number(0xffff)]))
        #expect(read["count"] == .number(2))
        #expect(read["chosen"] == .name("called"))
        #expect(read["memory"] == nil && read["hidden"] == nil)
        let parts = try #require(read["parts"]?.list)
        #expect(
            parts.first
                == .record([
                    "number": .number(.max), "kind": .name("FANCY"), "list": .name("few"), "call": .name("called"),
                ]))
        #expect(parts.last?["number"]?.number == 1 << 40)
        #expect(parts.last?["kind"] == nil)
    }
}
