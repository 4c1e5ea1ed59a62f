// SPDX-License-Identifier: BSD-2-Clause

import Crypto
import Diagnostics
import Wiring

/// What was built: the flows that were declared and read back, what they use of the target, and the hashes of what
/// went in and came out. The same build gives the same bytes.
public struct Certificate: Sendable {
    let wiring: Wiring
    let form: AssemblyForm
    let readBack: ReadBack
    let budgets: [Budget]
    let allowed: [AllowedFinding]
    let inputHash: String
    let fileHashes: [(path: String, hash: String)]

    /// - Parameters:
    ///   - form: the form in which the assembly was written; `readBack` says which was read.
    ///   - input: the bytes of the `.topo` file.
    ///   - files: what was emitted.
    ///   - allowed: the findings that were let pass.
    public init(
        wiring: Wiring, form: AssemblyForm, readBack: ReadBack, input: [UInt8], files: [EmittedFile],
        budgets: [Budget], allowed: [AllowedFinding]
    ) {
        self.wiring = wiring
        self.form = form
        self.readBack = readBack
        self.budgets = budgets
        self.allowed = allowed
        inputHash = Self.sha256(input)
        fileHashes = files.map { ($0.path, Self.sha256(Array($0.text.utf8))) }
    }

    /// In lower-case hexadecimal.
    static func sha256(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The assembly as written was read; else, for want of a C preprocessor, the same wiring in the expanded form.
    var isWrittenFormRead: Bool { readBack.form == form }
}
