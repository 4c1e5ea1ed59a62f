// swift-tools-version: 6.3
// SPDX-License-Identifier: BSD-2-Clause

import PackageDescription

// The rooms, left to right: a target imports only what stands above it.
let package = Package(
    name: "topoc",
    products: [
        .executable(name: "topoc", targets: ["topoc"]),
        .library(name: "Topology", targets: ["Topology"]),
        .library(name: "VSwitch", targets: ["VSwitch"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
    ],
    targets: [
        .target(name: "Diagnostics"),
        // Reading and writing of files, whole or not at all.
        .target(name: "Files", dependencies: [.product(name: "SystemPackage", package: "swift-system")]),
        // libclang's C interface, loaded at run time.
        .target(name: "CClang"),
        // Headers in place of a seL4 tree's, embedded in the binary.
        .target(name: "CStubHeaders", exclude: ["headers"]),
        .target(name: "ClangSource", dependencies: ["CClang", "CStubHeaders", "Diagnostics"]),
        .target(name: "Topology"),
        .target(
            name: "TopologyLanguage",
            dependencies: [
                "Diagnostics", "Topology",
                .product(name: "SwiftParser", package: "swift-syntax"),
                .product(name: "SwiftSyntax", package: "swift-syntax"),
                .product(name: "SwiftDiagnostics", package: "swift-syntax"),
                .product(name: "SwiftParserDiagnostics", package: "swift-syntax"),
                .product(name: "SwiftOperators", package: "swift-syntax"),
            ]),
        .target(name: "Wiring", dependencies: ["Topology"]),
        .target(name: "TopologyRules", dependencies: ["Diagnostics", "Topology", "TopologyLanguage", "Wiring"]),
        // What another topology says differently, and who can reach whom now.
        .target(name: "TopologyComparison", dependencies: ["Diagnostics", "TopologyRules", "Wiring"]),
        // The fixed texts of what is emitted, embedded in the binary.
        .target(
            name: "Templates",
            path: "Templates",
            resources: [
                .embedInCode("CMakeLists.txt.template"),
                .embedInCode("app_settings.cmake.template"),
                .embedInCode("connections.h.template"),
                .embedInCode("filter_component.h.template"),
                .embedInCode("hostname.template"),
                .embedInCode("hosts.template"),
                .embedInCode("interfaces.template"),
                .embedInCode("start.template"),
                .embedInCode("timer_frequency.h.template"),
                .embedInCode("topocVirtQueues.camkes.template"),
                .embedInCode("topocVirtQueues-from.template.h.template"),
                .embedInCode("CMakeLists.arm.txt.template"),
                .embedInCode("devices.camkes.template"),
                .embedInCode("inittab.template"),
                .embedInCode("settings.cmake.template"),
                .embedInCode("virtio_net_vswitch.c.template"),
                .embedInCode("virtio_net_vswitch_arm.c.template"),
                .embedInCode("virtio_net_vswitch_arm.h.template"),
                .embedInCode("virtio_net_vswitch.h.template"),
                .embedInCode("virtio_net_vswitch_libvirtqueue.c.template"),
                .embedInCode("virtqueues-from.template.c.template"),
                // The core that device and filter are built over: symbolic links to its headers.
                .embedInCode("CFilter"),
                .embedInCode("CVirtqueue"),
                .embedInCode("CVSwitch"),
            ]),
        .target(
            name: "CAmkES",
            dependencies: [
                "ClangSource", "Diagnostics", "Files", "Templates", "Topology", "Wiring",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        // An app of a tree, read as a topology.
        .target(
            name: "CAmkESImport",
            dependencies: [
                "CAmkES", "ClangSource", "Diagnostics", "Files", "Topology", "TopologyLanguage", "TopologyRules",
                "Wiring",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        // A checkout of camkes-vm-examples: its release, and what topoc has put into it.
        .target(
            name: "Checkout",
            dependencies: [
                "Diagnostics", "Files", "Wiring", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        // The data path: C11, freestanding, inline in its headers.
        .target(name: "CVirtqueue"),
        .target(name: "CVSwitch", dependencies: ["CVirtqueue"]),
        // What judges frames between two links.
        .target(name: "CFilter", dependencies: ["CVirtqueue"]),
        // The names of libvirtqueue, libsel4camkes and libvswitch over it, for C that was written against those.
        .target(name: "CVirtqueueCompat", dependencies: ["CVirtqueue", "CVSwitch"]),
        // The data path's Swift face, and what it needs of Linux.
        .target(name: "CHostMemory"),
        .target(
            name: "VSwitch", dependencies: ["CHostMemory", "CVirtqueue"],
            swiftSettings: [.enableExperimentalFeature("Lifetimes"), .strictMemorySafety()]),
        // Programs that are started, and end with this one.
        .target(name: "CProcesses"),
        .target(name: "Processes", dependencies: ["CProcesses"]),
        // An app held against a checkout: its own CAmkES is run, and what it made is read.
        .target(
            name: "Verification",
            dependencies: [
                "CAmkES", "Checkout", "Diagnostics", "Files", "Processes", "Wiring",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: [
                .embedInCode("camkes_check/__main__.py"), .embedInCode("camkes_check/cmake.py"),
                .embedInCode("camkes_check/device_tree.py"), .embedInCode("camkes_check/objects.py"),
                .embedInCode("camkes_check/packages.py"),
                .embedInCode("camkes_check/steps.py"), .embedInCode("camkes_check/syntax_tree.py"),
                .embedInCode("camkes_check/tool.py"), .embedInCode("camkes_check/tree.py"),
                .embedInCode("camkes_check/trouble.py"),
            ]),
        // Linux guests of the lab: their image of Debian's packages, and QEMU.
        .target(
            name: "LabGuest",
            dependencies: [
                "CAmkES", "Files", "Processes", "Wiring", .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: [.embedInCode("Resources/guest-init")]),
        // The device process of a VM of the lab, in C, and what it and its supervisor say to each other.
        .target(name: "CLab", dependencies: ["CVSwitch"]),
        // Guests' network devices over vhost-user, behind lab/guest_side.h.
        .target(name: "CVhostUser", dependencies: ["CLab", "CVirtqueue", "CVSwitch"]),
        .executableTarget(
            name: "topoc-device", dependencies: ["CFilter", "CLab", "CVhostUser", "CVirtqueue", "CVSwitch"]),
        .executableTarget(
            name: "topoc-device-libvirtqueue",
            dependencies: ["CFilter", "CLab", "CVhostUser", "CVirtqueue", "CVSwitch"]),
        // A lab's process, the guests of either kind, and whoever speaks with it.
        .target(name: "CLabHost"),
        .target(
            name: "Lab",
            dependencies: [
                "CAmkES", "CLab", "CLabHost", "CVirtqueue", "Diagnostics", "Files", "LabGuest", "Processes", "Topology",
                "TopologyLanguage", "TopologyRules", "Wiring", .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "topoc",
            dependencies: [
                "Diagnostics", "Files", "Lab", "Topology", "TopologyLanguage", "TopologyRules", "Wiring", "CAmkES",
                "CAmkESImport", "Checkout", "ClangSource", "Processes", "TopologyComparison",
                "Verification",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(name: "two-threads", dependencies: ["VSwitch"], path: "Examples/two_threads"),
        .executableTarget(
            name: "topoc-bench", path: "Benchmarks",
            exclude: ["DataPath", "Lab", "LabDatagrams", "LabForwarder", "README.md"]),
        .executableTarget(name: "topoc-lab-datagrams", path: "Benchmarks/LabDatagrams"),
        .executableTarget(name: "topoc-lab-forwarder", path: "Benchmarks/LabForwarder"),
        .executableTarget(
            name: "topoc-lab-bench",
            dependencies: [
                "topoc-lab-datagrams", "topoc-lab-forwarder", "LabGuest", "Processes", "Topology", "Wiring",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Lab"),
        .executableTarget(
            name: "topoc-fuzz",
            dependencies: [
                "CAmkES", "Diagnostics", "TopologyLanguage", "TopologyRules", "Wiring",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Fuzz", exclude: ["DataPath", "README.md", "VhostUser"]),
        // The link calls of each layout as tables of functions, so that one test serves all.
        .target(
            name: "CVirtqueueHarness", dependencies: ["CVirtqueue"], path: "Tests/CVirtqueueHarness"),
        .testTarget(
            name: "CVirtqueueTests", dependencies: ["CCompilers", "CVirtqueue", "CVirtqueueHarness"],
            exclude: ["Interoperation"]),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
        .testTarget(
            name: "FilesTests", dependencies: ["Files", .product(name: "SystemPackage", package: "swift-system")]),
        .testTarget(
            name: "TopologyLanguageTests", dependencies: ["Diagnostics", "Topology", "TopologyLanguage"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "CVirtqueueCompatTests", dependencies: ["CCompilers", "CVirtqueueCompat"],
            exclude: ["Harness", "Stubs"]),
        .testTarget(name: "CVSwitchTests", dependencies: ["CVirtqueue", "CVSwitch", "Wiring"]),
        .target(name: "AllocationCount", path: "Tests/VSwitchTests/AllocationCount"),
        .testTarget(
            name: "VSwitchTests", dependencies: ["AllocationCount", "CVirtqueue", "VSwitch", "two-threads"],
            exclude: ["AllocationCount"]),
        .testTarget(name: "DataPathFuzzTests"),
        .testTarget(name: "HostilePeerTests", path: "Tests/HostilePeer", exclude: ["ours", "upstream"]),
        .testTarget(name: "WiringTests", dependencies: ["Topology", "Wiring"]),
        .testTarget(
            name: "TopologyRulesTests",
            dependencies: [
                "CAmkES", "CAmkESImport", "ClangSource", "Diagnostics", "Lab", "Topology", "TopologyLanguage",
                "TopologyRules", "Verification", "Wiring",
            ]),
        .testTarget(
            name: "TopologyComparisonTests",
            dependencies: ["Diagnostics", "TopologyComparison", "TopologyLanguage", "TopologyRules", "Wiring"]),
        .testTarget(
            name: "CAmkESImportTests",
            dependencies: [
                "CAmkES", "CAmkESImport", "ClangSource", "Diagnostics", "Topology", "TopologyComparison",
                "TopologyLanguage", "TopologyRules", "Wiring",
            ]),
        .testTarget(
            name: "CAmkESTests",
            dependencies: [
                "CAmkES", "CCompilers", "Diagnostics", "Processes", "Topology", "TopologyLanguage", "Wiring",
            ],
            exclude: ["Machine", "TreeStandIns"]),
        .testTarget(
            name: "ClangSourceTests", dependencies: ["CCompilers", "ClangSource", "Diagnostics"], exclude: ["Probe"]),
        .testTarget(name: "DataPathCTests", dependencies: ["CCompilers"]),
        // The C compilers and the formatter of this machine, for tests.
        .target(name: "CCompilers", path: "Tests/CCompilers"),
        // What is emitted, given to seL4's own CAmkES where a checkout is named.
        .testTarget(
            name: "RealCAmkESTests", dependencies: ["CAmkES", "Diagnostics", "Topology", "TopologyLanguage", "Wiring"]),
        .testTarget(name: "ProcessesTests", dependencies: ["CProcesses", "Processes"]),
        // The scenario programs of an example, on this host and across network namespaces.
        .testTarget(name: "ScenarioTests", dependencies: ["LabGuest", "Processes"]),
        .testTarget(
            name: "LabGuestTests", dependencies: ["LabGuest", "Processes", "Topology", "TopologyLanguage", "Wiring"]),
        // Two vhost-user back ends joined back to back, in a test and as a program.
        .target(
            name: "VhostUserHarness", dependencies: ["CLab", "CVhostUser", "CVirtqueue"],
            path: "Tests/VhostUserHarness"),
        .executableTarget(
            name: "vhost-user-join", dependencies: ["VhostUserHarness"], path: "Tests/VhostUserTests/Join"),
        .testTarget(
            name: "VhostUserTests",
            dependencies: ["CLab", "CVhostUser", "LabGuest", "Processes", "Topology", "VhostUserHarness", "Wiring"],
            exclude: ["Join"]),
        // The device process, with the test as its supervisor. Not a dependency: its C has a `main` of its own.
        .testTarget(
            name: "LabDeviceTests", dependencies: ["CHostMemory", "CLab", "CProcesses", "Topology", "Wiring"],
            exclude: ["Namespace", "Probe"]),
        // A guest that is a network namespace, and a device that tries what it may not.
        .executableTarget(
            name: "lab-namespace", dependencies: ["CLab"], path: "Tests/LabDeviceTests/Namespace"),
        .executableTarget(name: "lab-probe", dependencies: ["CLab"], path: "Tests/LabDeviceTests/Probe"),
        // Labs of network namespaces as a user meets them: runs the built executables.
        .testTarget(
            name: "LabTests",
            dependencies: ["CLab", "CLabHost", "Diagnostics", "Lab", "Processes", "Topology", "Wiring", "topoc"]),
        // The command line as a user meets it: runs the built executable.
        .testTarget(name: "TopocTests", dependencies: ["topoc"], exclude: ["StandInCheckout"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
