// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Diagnostics

/// What a compiler would say of the C that an app has.
public enum DeviceCheck {
    /// The findings in the emitted C, over the checker's headers; none where it can be compiled. Of the VMs' constants
    /// one file is parsed for every machine, since all are written alike; each is read by ``ReadBack``.
    public static func reports(of files: [EmittedFile], checker: SourceChecker) -> [Report] {
        let sources = files.filter { $0.path.hasSuffix(".c") || $0.path.hasSuffix(".h") }
        let tables = sources.filter { $0.path.hasSuffix("_interfaces.c") }
        // Templates of CAmkES are no C yet.
        let others = sources.filter { !$0.path.hasSuffix("_interfaces.c") && !$0.path.contains(".template.") }
        return checker.check(
            (others + tables.prefix(1)).map { CFile(path: $0.path, text: $0.text) }, searching: Device.searched)
    }
}
