// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Topology
import Wiring

/// The CAmkES connector of topoc's data path: its declaration, and the template of its from-ends.
///
/// An app cannot put a template of its own before the tree's, since the first path wins and the tree's come first; it can
/// add a connector of another name.
public enum Connector {
    static let directory = "connectors"
    static let templates = "\(directory)/templates"
    static let declaration = "\(directory)/\(DataPath.topoc.connector).camkes"
    static let source = "\(DataPath.topoc.connector)-from.template.c"
    static let header = "\(DataPath.topoc.connector)-from.template.h"

    /// Whether some wiring's app has a file at this path.
    static func isOwn(_ path: String) -> Bool {
        [declaration, "\(templates)/\(source)", "\(templates)/\(header)"].contains(path)
    }

    static func files(for wiring: Wiring) -> [EmittedFile] {
        let provenance = ["provenance": wiring.provenance]
        return [
            EmittedFile(path: declaration, text: Template.connector.filled(provenance)),
            EmittedFile(path: "\(templates)/\(header)", text: Template.connectorHeader.filled(provenance)),
            EmittedFile(
                path: "\(templates)/\(source)",
                text: Template.connectorSource.filled([
                    "provenance": wiring.provenance,
                    "queueID": "configuration[me.instance.name].get('%s_id' % me.interface.name)",
                    "badge": sharedBadge,
                ])),
        ]
    }

    /// What may take the place of the tree's own `seL4VirtQueues-from.template.c`. The tree then still counts a badge for
    /// each end, and gives ids to ends that name none. `nil` for a release whose connector is of another kind.
    public static func treeTemplate(for wiring: Wiring) -> EmittedFile? {
        guard let dialect = wiring.target.dialect, !dialect.sharesOneBadge else { return nil }
        let arguments =
            "composition, end, configuration" + (dialect.namesArchitectureOfBadges ? ", options.architecture" : "")
        return EmittedFile(
            path: "seL4VirtQueues-from.template.c",
            text: Template.connectorSource.filled([
                "provenance": wiring.provenance,
                "queueID": "macros.virtqueue_get_client_id(composition, me, configuration)",
                "badge": "    /*- set badge = macros.global_endpoint_badges(\(arguments)) -*/",
            ]))
    }

    /// Other interfaces of a VM take the bits of its mask from the lowest up; they are three, and the mask has eleven
    /// before bit 27, of which this is the last. The template language has no operators for bits.
    private static let sharedBadge = """
            /*- set bit = 2 ** 26 -*/
            /*- set base = configuration[end.instance.name].get('global_endpoint_base', 1) -*/
            /*- set mask = configuration[end.instance.name].get('global_endpoint_mask', 2 ** 28 - 1 - base) -*/
            /*- if (base // bit) % 2 == 1 or (mask // bit) % 2 == 0 -*/
                /*? raise(TemplateError('%s has no bit 26 for the badge of its virtqueues' % end.instance.name)) ?*/
            /*- endif -*/
            /*- set badge = base + bit -*/
        """
}
