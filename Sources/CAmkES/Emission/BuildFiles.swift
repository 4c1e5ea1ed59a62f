// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Topology
import Wiring

/// What the tree's CMake reads of an app.
enum BuildFiles {
    static func appSettings(for wiring: Wiring) -> String {
        Template.appSettings.filled(["provenance": wiring.provenance])
    }

    static func cmakeLists(
        for wiring: Wiring, dialect: Target.Dialect, form: AssemblyForm, assembly: String
    ) -> String {
        Template.cmakeLists.filled([
            "provenance": wiring.provenance,
            "project": Spelling.word(wiring.name),
            "components": components(for: wiring) + FilterBuild.components(for: wiring),
            "connector": wiring.target.dataPath == .topoc ? connector : "",
            "guestFiles": kernel(for: wiring, dialect) + programs(for: wiring, dialect)
                + rootFileSystems(for: wiring, dialect) + images(for: wiring, dialect),
            "includes": form == .macros ? includes : "",
            "assembly": assembly,
        ])
    }

    /// The VMs that have links have the device of topoc's data path.
    private static func components(for wiring: Wiring) -> String {
        func numbers(_ isOne: (VMWiring) -> Bool) -> [Int] { wiring.vms.filter(isOne).map(\.number) }
        return loop(
            over: numbers { $0.hasOwnDevice && $0.layout == .packed }, list: "vms_with_links",
            declaration(Device.source))
            + loop(
                over: numbers { $0.hasOwnDevice && $0.layout == .libvirtqueue }, list: "vms_with_libvirtqueue_links",
                declaration(Device.libvirtqueueSource))
            + loop(
                over: numbers { !$0.hasOwnDevice }, list: "vms_of_the_tree", "    DeclareCAmkESVM(\"Init${vm}\")\n")
    }

    private static func declaration(_ device: String) -> String {
        let sources = "        \"Init${vm}\" EXTRA_SOURCES \(device) \(Device.interfaces(of: "${vm}"))"
        let keyword = "EXTRA_INCLUDES"
        // A line is filled up to 100 columns, as cmake-format does it.
        let includes =
            sources.utf8.count + 1 + keyword.utf8.count <= 100
            ? " \(keyword)\n        \(Device.headers)" : "\n        \(keyword) \(Device.headers)"
        return "    DeclareCAmkESVM(\n\(sources)\(includes)\n    )\n"
    }

    /// A loop over VMs, by their range where they are all from the first on; nothing where there are none.
    static func loop(over numbers: [Int], list name: String, _ body: String) -> String {
        guard let last = numbers.last else { return "" }
        let head =
            numbers.count == last + 1
            ? "foreach(vm RANGE \(last))\n"
            : list(name, numbers.map(String.init), perLine: 4) + "foreach(vm IN LISTS \(name))\n"
        return head + body + "endforeach()\n"
    }

    static let connector = """

        # The connector between the VMs.
        CAmkESAddTemplatesPath(\(Connector.templates))
        DeclareCAmkESConnector(
            \(DataPath.topoc.connector)
            FROM
            \(Connector.source)
            FROM_HEADER
            \(Connector.header)
            TO
            empty.c
        )

        """

    /// The tree's own kernel, for the guests that name it.
    private static func kernel(for wiring: Wiring, _ dialect: Target.Dialect) -> String {
        guard wiring.vms.contains(where: { $0.guest.kernelFiles.contains(Defaults.kernel) }) else { return "" }
        return """

            # The tree's Linux kernel, decompressed.
            \(getter("Kernel", dialect))
            DecompressLinuxKernel(extract_linux_kernel decompressed_kernel ${kernel_file})
            AddToFileServer("\(Defaults.kernel)" ${decompressed_kernel} DEPENDS extract_linux_kernel)

            """
    }

    /// The programs that guests are given, each folder as a project of its own.
    static func programs(for wiring: Wiring, _ dialect: Target.Dialect) -> String {
        guard !wiring.programs.isEmpty, wiring.vms.contains(where: \.hasTreesRootFileSystem) else { return "" }
        let lists = wiring.programs.enumerated().map { number, folder in
            "set(folder_\(number) \(Spelling.cmakeString(folder.path)))\n"
                + list("programs_\(number)", folder.names.map(Spelling.cmakeString), perLine: 1)
        }
        let isArm = dialect.machine == .arm
        let compiler =
            isArm
            ? """
            with the compiler of the VMMs, which is to be one for Linux.
            include(ExternalProject)
            include(external-project-helpers)
            if(NOT LIBZMQ_PATH)
                set(LIBZMQ_PATH ${CAMKES_VM_DIR}/../libzmq)
            endif()
            """
            : """
            as the tree builds its own for 32-bit Linux.
            include(ExternalProject)
            include(cross_compiling)
            include(external-project-helpers)
            FindCustomPollyToolchain(LINUX_32BIT_TOOLCHAIN "linux-gcc-32bit-pic")
            """
        let toolchain =
            isArm
            ? """
            -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_C_COMPILER=${CROSS_COMPILER_PREFIX}gcc
                               -DCMAKE_CXX_COMPILER=${CROSS_COMPILER_PREFIX}g++ -DCMAKE_BUILD_TYPE=Release
            """ : "-DCMAKE_TOOLCHAIN_FILE=${LINUX_32BIT_TOOLCHAIN} -DCMAKE_BUILD_TYPE=Release"
        return """

            # The guests' programs: projects, and what each makes, \(compiler)
            \(lists.joined())foreach(number RANGE \(wiring.programs.count - 1))
                set(project programs_${number})
                set(source_dir ${CMAKE_CURRENT_SOURCE_DIR}/\(GuestPrograms.directory)/${folder_${number}})
                set(binary_dir ${CMAKE_CURRENT_BINARY_DIR}/\(GuestPrograms.directory)/${folder_${number}})
                ExternalProject_Add(
                    ${project}
                    SOURCE_DIR ${source_dir}
                    BINARY_DIR ${binary_dir}
                    BUILD_ALWAYS ON
                    EXCLUDE_FROM_ALL ON
                    INSTALL_COMMAND ""
                    CMAKE_ARGS \(toolchain)
                               -DLIBZMQ_PATH=${LIBZMQ_PATH}
                )
                DeclareExternalProjObjectFiles(${project} ${binary_dir} FILES ${${project}})
                foreach(program IN LISTS ${project})
                    list(APPEND programs ${binary_dir}/${program})
                endforeach()
            endforeach()

            """
    }

    /// The tree's own root file system with the guest's network files, for each guest that has not named another.
    static func rootFileSystems(for wiring: Wiring, _ dialect: Target.Dialect) -> String {
        let numbers = wiring.vms.filter(\.hasTreesRootFileSystem).map(\.number)
        guard !numbers.isEmpty else { return "" }
        let words = [
            "overlay_vm${vm}", "${rootfs_file}", "\"buildroot\"", "\"rootfs_install\"",
            "output_rootfs_location_vm${vm}", "rootfs_target_vm${vm}",
        ]
        // More than six words cmake-format puts on lines of their own.
        let overlayArguments =
            (dialect.machine == .arm
            ? words + ["GZIP"] : [words.prefix(5).joined(separator: " "), words[5]])
            .map { "        \($0)" }.joined(separator: "\n")
        let body = """
                set(network_vm${vm} ${CMAKE_CURRENT_SOURCE_DIR}/network/vm${vm})
                AddFileToOverlayDir("interfaces" ${network_vm${vm}}/interfaces "etc/network" overlay_vm${vm})
                AddFileToOverlayDir("hosts" ${network_vm${vm}}/hosts "etc" overlay_vm${vm})
                AddFileToOverlayDir("hostname" ${network_vm${vm}}/hostname "etc" overlay_vm${vm})
            \(dialect.machine == .arm ? inittabInOverlay : "")\
            \(wiring.programs.isEmpty ? "" : programsInOverlay)\
                AddOverlayDirToRootfs(
            \(overlayArguments)
                )
                AddToFileServer(
                    "vm${vm}_rootfs.cpio" "${output_rootfs_location_vm${vm}}" DEPENDS rootfs_target_vm${vm}
                )

            """
        let starts = loop(
            over: wiring.vms.filter(\.starts).map(\.number), list: "vms_that_start",
            """
                AddFileToOverlayDir(
                    "S91start.sh" ${CMAKE_CURRENT_SOURCE_DIR}/\(GuestPrograms.starts)/vm${vm}.sh "etc/init.d" overlay_vm${vm}
                )

            """)
        return """

            # The tree's root file system, with the network settings of each VM that names no other.
            \(getter("Rootfs", dialect))
            \(starts)\(loop(over: numbers, list: "vms", body))
            """
    }

    private static let inittabInOverlay =
        "    AddFileToOverlayDir(\"inittab\" ${CMAKE_CURRENT_SOURCE_DIR}/\(inittab) \"etc\" overlay_vm${vm})\n"

    private static let programsInOverlay = """
            foreach(program IN LISTS programs)
                get_filename_component(name ${program} NAME)
                AddFileToOverlayDir(${name} ${program} "usr/bin" overlay_vm${vm})
            endforeach()

        """

    /// The files that guests name and that neither the tree nor this app makes; "" is none.
    static func images(for wiring: Wiring, _ dialect: Target.Dialect) -> String {
        let made = [Defaults.kernel] + wiring.vms.filter(\.hasTreesRootFileSystem).map(\.guest.initrd.value)
        let named = Set(
            wiring.vms.flatMap { vm in
                // The VMM for Arm takes no relocations.
                (dialect.machine == .arm ? [vm.guest.kernel.value] : vm.guest.kernelFiles) + [vm.guest.initrd.value]
            })
        let images = named.subtracting(made + [""]).sorted().map(Spelling.cmakeString)
        guard !images.isEmpty else { return "" }
        return """

            # Files that guests run and that are not made here: the topology's author puts them into images/.
            \(list("images", images, perLine: 1))foreach(image IN LISTS images)
                AddToFileServer("${image}" "${CMAKE_CURRENT_SOURCE_DIR}/images/${image}")
            endforeach()

            """
    }

    /// Puts the app's `configurations/connections.h` before the tree's.
    private static let includes = """

        # The assembly is over configurations/connections.h of this directory, not over the tree's.
        CAmkESAddCPPInclude(${CMAKE_CURRENT_SOURCE_DIR})

        """

    private static func getter(_ file: String, _ dialect: Target.Dialect) -> String {
        let variable = "\(file.lowercased())_file"
        if dialect.machine == .arm {
            return "set(\(variable) ${CAMKES_VM_IMAGES_DIR}/${KernelARMPlatform}/rootfs.cpio.gz)"
        }
        return dialect.namesGuestWordSize
            ? "GetArchDefaultLinux\(file)File(\"32\" \(variable))" : "GetDefaultLinux\(file)File(\(variable))"
    }

    /// A list, built up by lines so short that cmake-format leaves them alone.
    private static func list(_ name: String, _ items: [String], perLine: Int) -> String {
        stride(from: 0, to: items.count, by: perLine).map { start in
            "list(APPEND \(name) \(items[start..<min(start + perLine, items.count)].joined(separator: " ")))\n"
        }.joined()
    }
}

extension GuestSettings {
    fileprivate var kernelFiles: [String] { [kernel.value, relocations.value] }
}
