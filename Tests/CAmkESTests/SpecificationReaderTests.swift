// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@testable import CAmkES

@Suite struct SpecificationReaderTests {
    private func read(_ text: String) -> SpecificationReader {
        SpecificationReader(Array(text.utf8), file: "test.camkes")
    }

    private func value(_ text: String) -> Value? {
        read("assembly { configuration { a.b = \(text); } }").specification.assemblies.first?.configuration.settings
            .first?.value
    }

    @Test func everyDeclarationOfAnAssemblyIsRead() throws {
        let reader = read(
            """
            # 1 "mesh.camkes"
            import <VM/vm.camkes>;
            import "Local.camkes";
            /* a comment */
            component Init0 {
                control; VM_INIT_DEF()
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
                    connection seL4VirtQueues lan_conn(to init.init, from vm0.ether_1_send, from vm1.y.x,);
                    VM_PER_VM(2, f(1,2))
                    export vm0.a -> out;
                }
                configuration {
                    vm0.ether_1_send_id = 0 * 2;
                    vm0.init_cons = [{"init": "a" "b", "badge": "c()"},];
                    vm0.other <- vm1.other["key"];
                    vm0.tree = dtb({"path": "/a"})["query"][0];
                }
            };
            """)
        #expect(reader.findings.map(\.message) == [])
        let syntax = reader.specification
        #expect(syntax.imports.map(\.path) == ["VM/vm.camkes", "Local.camkes"])
        let component = try #require(syntax.components.first)
        #expect(component.interfaces.map(\.type) == ["VirtQueueDrv", "VirtQueueDev", "Buf"])
        #expect(component.interfaces.map(\.isOptional) == [false, true, false])
        #expect(component.attributes.map(\.name) == ["names", "layout", "size"])
        #expect(component.macros.map(\.name) == ["VM_INIT_DEF"])
        #expect(syntax.others.map(\.name) == ["C"])
        let composition = try #require(syntax.assemblies.first?.composition)
        #expect(composition.instances.map(\.name) == ["vm0", "vm1"])
        #expect(composition.macros.map(\.arguments) == [["2", "f ( 1 , 2 )"]])
        #expect(composition.connections[0].ends.map(\.interface) == ["init", "ether_1_send", "x"])
        #expect(composition.connections[0].ends.map(\.instance) == ["init", "vm0", "vm1.y"])
        #expect(composition.connections[0].ends.map(\.isFrom) == [false, true, true])
        let settings = try #require(syntax.assemblies.first?.configuration.settings)
        #expect(settings.map(\.instance) == ["vm0", "vm0", "vm0", "vm0"])
        #expect(settings.map(\.attribute) == ["ether_1_send_id", "init_cons", "other", "tree"])
        #expect(settings[1].value.list?[0]["init"] == .string("ab"))
        #expect(settings[2].value == .reference("vm1.other"))
    }

    @Test(arguments: [
        ("0*2 + 1", 1), ("1 << 27", 134_217_728), ("0x1fffffff & ~0x1fffe", 0x1ffe_0001), ("2 + 3 * 4 ** 2", 146),
        ("(1 + 2) * 3", 9), ("-7 % 3", 2), ("1 < 2 ? 5 : 6", 5), ("8 / 2", 4), ("- - 3", 3),
        ("7 / 2", 3), ("-7 / 2", -4), ("7 % -3", -2), ("!0 + !5", 1), ("True && 7", 7), ("6 - 2 - 1", 3),
    ])
    func arithmeticIsDoneAsTheToolDoesIt(_ text: String, _ expected: Int) {
        #expect(value(text) == .integer(expected))
    }

    @Test(arguments: [
        "1 / 0", "1 % 0", "9223372036854775807 + 1", "-9223372036854775807 - 2", "2 ** 64", "01", "1.5 << 2", "1 << 64",
        "\"a\" * 2", "1a", "-", "", "99999999999999999999",
    ])
    func whatIsNoValueIsRefused(_ text: String) {
        #expect(read("assembly { configuration { a.b = \(text); } }").findings.map(\.code) == ["TOPO601"])
    }

    @Test func readingGoesOnAfterAFault() {
        let reader = read(
            "component A { uses X; uses Y y; }\nassembly { composition { component A a; component ; component A b; } } }"
        )
        #expect(reader.findings.map(\.code) == ["TOPO601", "TOPO601", "TOPO601"])
        #expect(reader.specification.components.first?.interfaces.map(\.name) == ["y"])
        #expect(reader.specification.assemblies.first?.composition.instances.map(\.name) == ["a", "b"])
    }

    @Test func aFaultIsPlacedInTheFileThatTheTextCameFrom() throws {
        let text = "# 1 \"mesh.camkes\"\n\n# 40 \"connections.h\" 1\n@;\n# 3 \"mesh.camkes\" 2\n\ncomponent 5;\n"
        let reader = read(text)
        let places = try reader.findings.map { reader.place(of: try #require($0.span).lowerBound).description }
        #expect(places == ["connections.h:40", "mesh.camkes:4"])
    }

    @Test func whatThePreprocessorShouldHaveDoneIsAFinding() {
        #expect(read("#include <a.h>\n#pragma once\n#line 3 \"x\"\n").findings.isEmpty)
        #expect(read("#define A \\\n  component A {}\n#if 0\n").findings.map(\.code) == ["TOPO602"])
    }

    /// Bytes that a generator makes of the language's own words, and cut-off emitted text.
    @Test func anyBytesAreReadWithoutACrash() throws {
        let words = [
            "component", "assembly", "{", "}", "(", ")", "[", "]", "connection", "configuration", "composition", "=",
            ";", ",", ".", "vm0", "\"", "1", "0x", "<", "-", "/*", "//", "#", "\n", "import", "from", "to", "\\",
            "\u{ff}",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...40, using: &random)).compactMap { _ in
                words.randomElement(using: &random)
            }
            .joined(separator: Bool.random(using: &random) ? " " : "")
            _ = FlowModel(read(text).specification).flows
        }
        let wiring = try Topologies.wiring(Topologies.bridge)
        let text = Array(AppEmitter.files(for: wiring, form: .expanded, assemblyName: "bridge")[0].text.utf8)
        for end in stride(from: 0, to: text.count, by: 13) {
            _ = FlowModel(SpecificationReader(Array(text[..<end]), file: "cut").specification).flows
        }
    }

    @Test(arguments: ["[", "{", "(", "-", "!", "{1:", "1 ? "])
    func deepNestingIsAFindingAndNoCrash(_ bracket: String) {
        let text = "assembly { configuration { a.b = " + String(repeating: bracket, count: 100_000)
        #expect(!read(text).findings.isEmpty)
    }

    /// What would take time with the square of the text, were it read naively.
    @Test func textsThatRepeatThemselvesAreReadInTime() {
        let clock = ContinuousClock()
        let texts = [
            String(repeating: "/*", count: 60_000), String(repeating: "import <", count: 20_000),
            String(repeating: "#\\\n", count: 40_000), String(repeating: "a(", count: 40_000),
            "assembly { configuration { a.b = \"" + String(repeating: "x\" \"", count: 40_000),
        ]
        for text in texts { #expect(clock.measure { _ = read(text).findings } < .seconds(10)) }
        let connections = (0..<3000).map { "connection seL4VirtQueues c\($0)(to i.i);" }.joined()
        let entries = String(repeating: "{\"drv\": \"a.b\", \"dev\": \"c.d\"},", count: 3000)
        let shared = read("assembly { composition { \(connections) } configuration { i.i_topology = [\(entries)]; } }")
        #expect(FlowModel(shared.specification).queues.count == 3000)
    }

    @Test func nestedGroupsAndBracesEnd() {
        #expect(!read("assembly { composition { " + String(repeating: "group g { ", count: 50_000)).findings.isEmpty)
        #expect(read(String(repeating: "}", count: 50_000)).findings.count == SpecificationParser.mostErrors)
    }
}
