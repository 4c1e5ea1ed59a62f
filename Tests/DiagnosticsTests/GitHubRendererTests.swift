// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@Suite struct GitHubRendererTests {
    @Test func aFindingIsOneEscapedLine() {
        let finding = Finding(
            code: "TOPO204", severity: .error, message: "100%: a, b", span: 2..<4, notes: ["do this\r\nor that"])
        let report = Report(source: SourceText(name: "a,b:c%.topo", text: "x\nyy\n"), findings: [finding])
        #expect(
            GitHubRenderer.render([report])
                == "::error file=a%2Cb%3Ac%25.topo,line=2,endLine=2,col=1,endColumn=3,title=TOPO204"
                + "::100%25: a, b%0Ado this%0D%0Aor that\n")
    }

    @Test func aSpanOverLinesHasNoColumns() {
        let finding = Finding(code: "TOPO204", severity: .warning, message: "m", span: 0..<3)
        let report = Report(source: SourceText(name: "a", text: "x\ny\n"), findings: [finding])
        #expect(GitHubRenderer.render([report]) == "::warning file=a,line=1,endLine=2,title=TOPO204::m\n")
    }

    @Test func whatWasAllowedIsANotice() {
        let finding = Finding(code: "TOPO204", severity: .error, message: "m", span: nil)
        let report = Report(
            source: SourceText(name: "a", text: ""), allowed: [AllowedFinding(finding, reason: nil)])
        #expect(GitHubRenderer.render([report]) == "::notice file=a,title=TOPO204::allowed: m\n")
        #expect(GitHubRenderer.render([]) == "")
    }
}
