// SPDX-License-Identifier: BSD-2-Clause

import Files
import Processes
import SystemPackage

/// A Linux kernel for guests, with the modules that came with it.
public struct GuestKernel: Sendable, Hashable {
    /// The path of `vmlinuz`.
    public let image: String
    /// As `uname -r` says it: `6.1.0-42-cloud-amd64`.
    public let version: String
    /// The directory `lib/modules/VERSION`.
    public let modules: String

    /// Debian's kernel for virtual machines: small, and all of virtio is in its modules.
    public static let package = "linux-image-cloud-amd64"

    /// Debian's kernel, of the cache or the mirror.
    /// - Parameter busybox: a program that knows `depmod`.
    public static func debian(_ cache: PackageCache, busybox: String) async throws(GuestError) -> GuestKernel {
        let place = try await kernelPlace(cache, busybox: busybox)
        let names = try files(below: "\(place)/boot", depth: 0)
        guard let image = names.first(where: { $0.hasPrefix("vmlinuz-") }) else {
            throw GuestError(
                "there is no kernel in `\(place)`", notes: ["remove the directory, and it is fetched again"])
        }
        let version = String(image.dropFirst("vmlinuz-".count))
        return GuestKernel(
            image: "\(place)/boot/\(image)", version: version, modules: "\(place)/lib/modules/\(version)")
    }

    private static func kernelPlace(_ cache: PackageCache, busybox: String) async throws(GuestError) -> String {
        // The newest that is here is good enough: a lab needs no network once it has run.
        let here = (try? files(below: cache.directory, depth: 2)) ?? []
        let kernels = Set(here.compactMap { $0.split(separator: "/").first.map(String.init) })
            .filter { $0.hasPrefix("linux-image-") }
        if let newest = kernels.max() { return "\(cache.directory)/\(newest)" }
        let package = try await cache.dependency(of: package, prefix: "linux-image-")
        let version = String(package.dropFirst("linux-image-".count))
        return try await cache.unpacked(package) { files throws(GuestError) in
            // An installed kernel has this from its installation.
            let done = try await run(Command(busybox, ["depmod", "-b", files, version]), within: .seconds(120))
            guard done.succeeded else { throw GuestError("depmod failed over \(package): \(done.lastWords)") }
        }
    }

    /// The files of the named modules and of those that they need, by path below `modules`, with the lines of
    /// `modules.dep` by which modprobe loads each after what it needs. Modules that are built in have no files.
    func closure(of names: [String]) throws(GuestError) -> (files: [String: [UInt8]], dependencies: String) {
        let lines = String(decoding: try read("\(modules)/modules.dep"), as: UTF8.self).split(separator: "\n")
        let builtIn = String(decoding: try read("\(modules)/modules.builtin"), as: UTF8.self).split(separator: "\n")
        var needs: [Substring: [Substring]] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            if let path = parts.first { needs[path] = parts.count > 1 ? parts[1].split(separator: " ") : [] }
        }
        var wanted: Set<Substring> = []
        for name in names {
            // A path ends with `/NAME.ko`, or with that and the ending of a compressed file.
            func isNamed(_ path: Substring) -> Bool {
                path.split(separator: "/").last?.split(separator: ".").first.map { $0 == name } ?? false
            }
            if let path = needs.keys.first(where: isNamed) {
                wanted.formUnion([path] + (needs[path] ?? []))
            } else if !builtIn.contains(where: isNamed) {
                throw GuestError(
                    "the kernel \(version) has no module `\(name)`", notes: ["take Debian's \(Self.package)"])
            }
        }
        var files: [String: [UInt8]] = [:]
        for path in wanted { files[String(path)] = try read("\(modules)/\(path)") }
        let dependencies = wanted.sorted().map { "\($0): \((needs[$0] ?? []).joined(separator: " "))\n" }.joined()
        return (files, dependencies)
    }
}

/// The bytes of a file that an image needs.
func read(_ path: String) throws(GuestError) -> [UInt8] {
    do throws(FileError) {
        return try FileReader.read(FilePath(path))
    } catch {
        throw GuestError(error.message, notes: error.notes)
    }
}

private func files(below directory: String, depth: Int) throws(GuestError) -> [String] {
    do throws(FileError) {
        return try FileReader.names(below: FilePath(directory), depth: depth)
    } catch {
        throw GuestError(error.message, notes: error.notes)
    }
}
