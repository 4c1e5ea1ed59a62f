// SPDX-License-Identifier: BSD-2-Clause

/// The release of topoc, as `--version`, SARIF and the certificate name it.
public enum TopocVersion {
    public static let current = "0.1.0"
}
