// SPDX-License-Identifier: BSD-2-Clause

import Files
import LabGuest
import SystemPackage
import Wiring

/// The programs of a topology, which its guests have.
public enum GuestPrograms {
    /// Builds them for this host; the paths of them.
    ///
    /// A folder has a place of its own in the cache, under its path: what cmake leaves there is of one folder, and
    /// another checkout's, or another topology's program of the same name, is another program.
    ///
    /// - Parameters:
    ///   - directory: the topology's, in which the folders are.
    ///   - wanted: names of programs; `nil`: all.
    ///   - given: paths of programs that are there already.
    ///   - cache: takes what is built, and makes the next time short.
    public static func built(
        _ folders: [ProgramsFolder], beside directory: String, wanted: [String]?, given: [String],
        cache: String = "\(PackageCache.caches)/programs", _ progress: (String) -> Void
    ) async throws(LabError) -> [String] {
        let present = given.compactMap { $0.split(separator: "/").last.map(String.init) }
        var paths: [String] = []
        for folder in folders {
            let source = directory.isEmpty ? folder.path : "\(directory)/\(folder.path)"
            for name in folder.names where !present.contains(name) && wanted?.contains(name) != false {
                progress("building \(name) of \(source)")
                do throws(GuestError) {
                    let root = (try? Disk().resolve(FilePath(source)).string) ?? source
                    let place = "\(cache)/\(root)/.build"
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
