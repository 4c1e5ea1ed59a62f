// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Testing
import Topology
import Wiring

@Suite struct ReadBackTests {
    private static let targets = [Target.newest, .camkes3_10, .camkes3_9, .camkes3_8].flatMap { target in
        target.dataPaths.compactMap(target.with)
    }

    private static let preprocessors = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang", "/opt/swift/usr/bin/clang"]
        .map(Preprocessor.init(command:)).filter { (try? $0.expand([EmittedFile(path: "a.camkes", text: "")])) != nil }

    /// Topologies whose queue length 3.8 cannot say are left out there.
    private static func assemblies(for target: Target) -> [(name: String, assembly: Assembly)] {
        Topologies.all.filter { target != .camkes3_8 || $0.name != "sizes" }
    }

    @Test(arguments: targets, AssemblyForm.allCases)
    func whatIsWrittenIsWhatWasDecided(target: Target, form: AssemblyForm) throws {
        for (name, assembly) in Self.assemblies(for: target) {
            let wiring = try Topologies.wiring(assembly, target: target)
            let files = AppEmitter.files(for: wiring, form: form, assemblyName: name)
            for preprocessor in Self.preprocessors {
                let read = ReadBack.verify(files, wiring: wiring, form: form, preprocessor: preprocessor)
                #expect(read.findings.map(\.message) == [], "\(name)")
                #expect(read.flows.count == wiring.flows.count)
                #expect(read.form == form)
                #expect(read.preprocessor == (form == .macros ? preprocessor.command : nil))
            }
        }
    }

    @Test func aPreprocessorIsFound() throws {
        let found = try #require(Preprocessor.find())
        #expect(found.command.hasPrefix("/"))
        #expect(!Self.preprocessors.isEmpty)
    }

    @Test func withoutAPreprocessorTheExpandedFormIsRead() throws {
        let wiring = try Topologies.wiring(Topologies.zmqSamples)
        let files = AppEmitter.files(for: wiring, form: .macros, assemblyName: "zmq_samples")
        let read = ReadBack.verify(files, wiring: wiring, form: .macros, preprocessor: nil)
        #expect(read.agrees)
        #expect(read.form == .expanded)
        #expect(read.preprocessor == nil)
        #expect(read.flows.count == 6)
    }

    @Test func bothFormsHaveTheSameFlows() throws {
        let preprocessor = try #require(Preprocessor.find())
        for (name, assembly) in Topologies.all {
            let wiring = try Topologies.wiring(assembly)
            let flows = AssemblyForm.allCases.map { form in
                let files = AppEmitter.files(for: wiring, form: form, assemblyName: name)
                return Set(ReadBack.verify(files, wiring: wiring, form: form, preprocessor: preprocessor).flows)
            }
            #expect(flows[0] == flows[1], "\(name)")
        }
    }

    @Test func aPreprocessorThatFailsIsAFinding() throws {
        let wiring = try Topologies.wiring(Topologies.zmqSamples)
        var files = AppEmitter.files(for: wiring, form: .macros, assemblyName: "zmq_samples")
        let broken = files[0].text + "#include <no/such/file.h>\n"
        files[0] = EmittedFile(path: files[0].path, text: broken)
        let preprocessor = try #require(Preprocessor.find())
        let read = ReadBack.verify(files, wiring: wiring, form: .macros, preprocessor: preprocessor)
        #expect(read.findings.map(\.code) == ["TOPO604"])
        #expect(read.findings[0].message.contains("zmq_samples.camkes:"))
        let absent = ReadBack.verify(
            files, wiring: wiring, form: .macros, preprocessor: Preprocessor(command: "/nonexistent/cc"))
        #expect(absent.findings.map(\.code) == ["TOPO604"])
    }

    @Test func aQueueLengthThatAReleaseCannotSayIsNotWritten() throws {
        let wiring = try Topologies.wiring(Topologies.sizes, target: .camkes3_8)
        let files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "sizes")
        let read = ReadBack.verify(files, wiring: wiring, form: .expanded, preprocessor: nil)
        #expect(Set(read.findings.map(\.code)) == ["TOPO612"])
        #expect(read.findings[0].message.contains("queue length 256, not 128"))
    }
}
