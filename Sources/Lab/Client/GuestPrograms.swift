// SPDX-License-Identifier: BSD-2-Clause

import LabGuest
import Wiring

/// The programs of a topology, which its guests have.
public enum GuestPrograms {
    /// Builds them for this host, in the user's cache directory; the paths of them.
    ///
    /// - Parameters:
    ///   - directory: the topology's, in which the folders are.
    ///   - wanted: names of programs; `nil`: all.
    ///   - given: paths of programs that are there already.
    public static func built(
        _ folders: [ProgramsFolder], beside directory: String, wanted: [String]?, given: [String],
        _ progress: (String) -> Void
    ) async throws(LabError) -> [String] {
        let present = given.compactMap { $0.split(separator: "/").last.map(String.init) }
        var paths: [String] = []
        for folder in folders {
            let source = directory.isEmpty ? folder.path : "\(directory)/\(folder.path)"
            for name in folder.names where !present.contains(name) && wanted?.contains(name) != false {
                progress("building \(name) of \(source)")
                do throws(GuestError) {
                    let place = "\(PackageCache.caches)/programs/\(name)"
                    paths.append(try await GuestProgram.built(name, from: source, in: place).path)
                } catch {
                    throw LabError(
                        LabRules.image, error.message,
                        notes: error.notes + [
                            "`--program PATH` takes one that is built already",
                            "the programs of zmq_samples need: apt-get install cmake gcc libzmq3-dev pkg-config",
                        ])
                }
            }
        }
        return paths
    }
}
