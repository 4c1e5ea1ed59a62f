// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@testable import CAmkES

@Suite struct CamkesReaderTests {
    private func read(_ text: String) -> (syntax: CamkesSyntax, findings: [Finding]) {
        CamkesReader.read(SourceText(name: "test.camkes", text: text))
    }

    private func value(_ text: String) -> CamkesValue? {
        read("assembly { configuration { a.b = \(text); } }").syntax.assemblies.first?.settings.first?.value
    }

    @Test func everyDeclarationOfAnAssemblyIsRead() throws {
        let (syntax, findings) = read(
            """
            # 1 "mesh.camkes"
            import <VM/vm.camkes>;
            import "Local.camkes";
            /* a comment */
            component Init0 {
                control;
                uses VirtQueueDrv ether_1_send; maybe uses VirtQueueDev ether_1_recv;
                has mutex lock;
                dataport Buf(4096) data;
                attribute string names[] = ["a"];
                attribute { int send_id; int recv_id; } layout[] = [];
                attribute int size = 21;
            }
            connector C { from Procedure; to Procedure with 0 threads; }
            assembly {
                composition {
                    component Init0 vm0;
                    group one { component Init0 vm1; }
                    connection seL4VirtQueues lan_conn(to init.init, from vm0.ether_1_send, from vm1.x,);
                    export vm0.a -> out;
                }
                configuration {
                    vm0.ether_1_send_id = 0 * 2;
                    vm0.init_cons = [{"init": "a" "b", "badge": "c()"},];
                    vm0.other <- vm1.other;
                }
            };
            """)
        #expect(findings.map(\.message) == [])
        #expect(syntax.imports.map(\.text) == ["VM/vm.camkes", "Local.camkes"])
        let component = try #require(syntax.components.first)
        #expect(component.isControl)
        #expect(component.interfaces.map(\.type) == ["VirtQueueDrv", "VirtQueueDev", "", "Buf"])
        #expect(component.interfaces.map(\.isOptional) == [false, true, false, false])
        #expect(component.attributes.map(\.name.text) == ["names", "layout", "size"])
        #expect(component.attributes.map(\.isArray) == [true, true, false])
        #expect(syntax.otherDeclarations.map(\.text) == ["C"])
        let assembly = try #require(syntax.assemblies.first)
        #expect(assembly.instances.map(\.name.text) == ["vm0", "vm1"])
        #expect(assembly.instances.map(\.group) == [nil, "one"])
        #expect(assembly.connections[0].ends.map(\.reference.text) == ["init.init", "vm0.ether_1_send", "vm1.x"])
        #expect(assembly.connections[0].ends.map(\.isFrom) == [false, true, true])
        #expect(assembly.settings.map(\.path) == ["vm0.ether_1_send_id", "vm0.init_cons", "vm0.other"])
        guard case .list(let entries) = assembly.settings[1].value else {
            Issue.record("init_cons is no list")
            return
        }
        #expect(entries[0]["init"] == .string("ab"))
    }

    @Test(arguments: [
        ("0*2 + 1", 1), ("1 << 27", 134_217_728), ("0x1fffffff & ~0x1fffe", 0x1ffe_0001), ("2 + 3 * 4 ** 2", 146),
        ("(1 + 2) * 3", 9), ("-7 % 3", 2), ("1 < 2 ? 5 : 6", 5), ("8 / 2", 4), ("- - 3", 3),
    ])
    func arithmeticIsDoneAsTheToolDoesIt(_ text: String, _ expected: Int) {
        #expect(value(text) == .integer(expected))
    }

    @Test(arguments: [
        "1 / 0", "7 / 2", "9223372036854775807 + 1", "1 << 64", "\"a\" * 2", "1a", "-", "", "99999999999999999999",
    ])
    func whatIsNoValueIsRefused(_ text: String) {
        #expect(read("assembly { configuration { a.b = \(text); } }").findings.map(\.code) == ["TOPO601"])
    }

    @Test func readingGoesOnAfterAFault() {
        let (syntax, findings) = read(
            "component A { uses X; uses Y y; }\nassembly { composition { component A a; component ; component A b; } } }"
        )
        #expect(findings.count == 3)
        #expect(syntax.components.first?.interfaces.map(\.name.text) == ["y"])
        #expect(syntax.assemblies.first?.instances.map(\.name.text) == ["a", "b"])
    }

    @Test func aFaultIsPlacedInTheFileThatTheTextCameFrom() throws {
        let source = SourceText(
            name: "out.cpp",
            text: "# 1 \"mesh.camkes\"\n\n# 40 \"connections.h\" 1\n@;\n# 3 \"mesh.camkes\" 2\n\ncomponent 5;\n")
        let findings = CamkesReader.read(source).findings
        let markers = LineMarkers(source)
        let places = try findings.map { markers.place(of: try #require($0.span).lowerBound) }
        #expect(places == [.init(file: "connections.h", line: 40), .init(file: "mesh.camkes", line: 4)])
    }

    @Test(arguments: ["[", "{", "(", "-", "!", "{1:", "1 ? "])
    func deepNestingIsAFindingAndNoCrash(_ bracket: String) {
        let text = "assembly { configuration { a.b = " + String(repeating: bracket, count: 100_000)
        #expect(!read(text).findings.isEmpty)
    }

    @Test func nestedGroupsAndBracesEnd() {
        #expect(!read("assembly { composition { " + String(repeating: "group g { ", count: 50_000)).findings.isEmpty)
        #expect(read(String(repeating: "}", count: 50_000)).findings.count == CamkesReader.mostFindings)
    }
}
