// SPDX-License-Identifier: BSD-2-Clause

import CProcesses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The network, processes, mounts and host name that a program sees.
public enum Namespaces: Sendable {
    /// Those of this process.
    case shared
    /// Its own. All that later enters them ends with it.
    case own
    /// Those of another.
    case of(ChildProcess)
}

extension Command {
    /// Starts a program that outlives this process, in a session of its own.
    ///
    /// - Parameters:
    ///   - channel: its socket, at `ChildProcess.channelNumber`.
    ///   - errors: takes its standard error; it has no input and no output.
    ///   - asRoot: in a user namespace of its own, whose root the user is.
    public func startDetached(
        channel: Descriptor, errors: Descriptor, asRoot: Bool
    ) throws(ProcessError) {
        guard let path = Command.find(program) else {
            throw ProcessError(message: "cannot run `\(program)`: there is no such program")
        }
        do throws(ErrorNumber) {
            let null = Descriptor(open("/dev/null", O_RDWR | O_CLOEXEC))
            _ = try start(
                path, files: [null, null, errors, channel], namespaces: .shared, isDetached: true, asRoot: asRoot)
        } catch {
            throw ProcessError(message: "cannot run `\(path)`: \(error)")
        }
    }

    /// The process, and a descriptor of it.
    func start(
        _ path: String, files: [Descriptor?], namespaces: Namespaces, isDetached: Bool, asRoot: Bool = false
    ) throws(ErrorNumber) -> (pid_t, Descriptor) {
        let words = ([path] + arguments).map { strdup($0) }
        let variables = variables.map { strdup($0) }
        defer { for text in words + variables { free(text) } }
        var process: pid_t = 0
        var ending: Int32 = -1
        let numbers = files.map { $0?.number ?? -1 }
        let failure = numbers.withUnsafeBufferPointer { numbers in
            var start = topoc_start(
                files: numbers.baseAddress, count: numbers.count, root: asRoot, isolated: false, neighbour: -1,
                detached: isDetached)
            switch namespaces {
            case .shared: break
            case .own: start.isolated = true
            case .of(let other): start.neighbour = other.handle.number
            }
            return withExtendedLifetime(files) {
                topoc_start_process(path, words + [nil], variables + [nil], &start, &process, &ending)
            }
        }
        guard failure == 0 else { throw ErrorNumber(failure) }
        return (process, Descriptor(ending))
    }

    /// The environment, as `NAME=VALUE`.
    private var variables: [String] {
        var variables = environment.map { "\($0.key)=\($0.value)" }
        var entry = environ
        while let variable = entry.pointee {
            let text = String(cString: variable)
            if !environment.keys.contains(String(text.prefix { $0 != "=" })) { variables.append(text) }
            entry += 1
        }
        return variables
    }
}
