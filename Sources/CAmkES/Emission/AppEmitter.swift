// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// Writes a wiring as an app directory of camkes-vm-examples.
public enum AppEmitter {
    /// The files of the app: the assembly first, then the others by path. The same wiring gives the same bytes.
    ///
    /// A target without a dialect (the lab) has no assembly, so no files.
    ///
    /// - Parameter assemblyName: the assembly's file name without `.camkes`.
    public static func files(for wiring: Wiring, form: AssemblyForm, assemblyName: String) -> [EmittedFile] {
        guard let dialect = wiring.target.dialect else { return [] }
        let assembly = "\(Spelling.word(assemblyName)).camkes"
        var files: [EmittedFile]
        switch dialect.machine {
        case .arm:
            files = [EmittedFile(path: assembly, text: ArmAssembly(wiring, dialect).text)]
            files += BuildFiles.armFiles(for: wiring, dialect: dialect, assembly: assembly)
        case .x86:
            files = [
                EmittedFile(path: assembly, text: AssemblyPrinter(wiring, dialect, form).text),
                EmittedFile(
                    path: "CMakeLists.txt",
                    text: BuildFiles.cmakeLists(for: wiring, dialect: dialect, form: form, assembly: assembly)),
                EmittedFile(path: "app_settings.cmake", text: BuildFiles.appSettings(for: wiring)),
            ]
        }
        if form == .macros, dialect.machine == .x86 {
            files.append(
                EmittedFile(path: ConnectionsHeader.path, text: ConnectionsHeader.text(for: wiring, dialect: dialect)))
        }
        if wiring.target.dataPath == .topoc {
            files += Connector.files(for: wiring) + Device.files(for: wiring) + FilterComponent.files(for: wiring)
        }
        for vm in wiring.vms {
            let directory = "network/\(vm.instance)"
            files.append(EmittedFile(path: "\(directory)/hostname", text: GuestNetwork.hostname(of: vm, in: wiring)))
            files.append(EmittedFile(path: "\(directory)/hosts", text: GuestNetwork.hosts(of: vm, in: wiring)))
            files.append(
                EmittedFile(path: "\(directory)/interfaces", text: GuestNetwork.interfaces(of: vm, in: wiring)))
        }
        return files + GuestPrograms.files(for: wiring)
    }
}
