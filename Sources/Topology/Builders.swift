// SPDX-License-Identifier: BSD-2-Clause

/// Collects what stands in an assembly's braces.
@resultBuilder
public enum AssemblyBuilder {
    public static func buildExpression(_ vm: VM) -> [AssemblyElement] { [.vm(vm)] }
    public static func buildExpression(_ vms: VMs) -> [AssemblyElement] { vms.vms.map { .vm($0) } }
    public static func buildExpression(_ partition: Partition) -> [AssemblyElement] { [.partition(partition)] }
    public static func buildExpression(_ never: Never) -> [AssemblyElement] { [.never(never)] }
    public static func buildExpression(_ pool: AddressPool) -> [AssemblyElement] { [.addressPool(pool)] }
    public static func buildExpression(_ guest: Guest) -> [AssemblyElement] { [.guest(guest)] }
    public static func buildExpression(_ programs: Programs) -> [AssemblyElement] { [.programs(programs)] }
    public static func buildBlock(_ parts: [AssemblyElement]...) -> [AssemblyElement] { parts.flatMap { $0 } }
    public static func buildArray(_ parts: [[AssemblyElement]]) -> [AssemblyElement] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [AssemblyElement]?) -> [AssemblyElement] { part ?? [] }
    public static func buildEither(first part: [AssemblyElement]) -> [AssemblyElement] { part }
    public static func buildEither(second part: [AssemblyElement]) -> [AssemblyElement] { part }
}

/// Collects the rules in a filter's braces.
@resultBuilder
public enum FilterBuilder {
    public static func buildExpression(_ rule: FilterRule) -> [FilterRule] { [rule] }
    public static func buildBlock(_ parts: [FilterRule]...) -> [FilterRule] { parts.flatMap { $0 } }
    public static func buildArray(_ parts: [[FilterRule]]) -> [FilterRule] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [FilterRule]?) -> [FilterRule] { part ?? [] }
    public static func buildEither(first part: [FilterRule]) -> [FilterRule] { part }
    public static func buildEither(second part: [FilterRule]) -> [FilterRule] { part }
}

/// Collects what stands in a partition's braces.
@resultBuilder
public enum PartitionBuilder {
    public static func buildExpression(_ link: LinkGroup) -> [LinkGroup] { [link] }
    public static func buildBlock(_ parts: [LinkGroup]...) -> [LinkGroup] { parts.flatMap { $0 } }
    public static func buildArray(_ parts: [[LinkGroup]]) -> [LinkGroup] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [LinkGroup]?) -> [LinkGroup] { part ?? [] }
    public static func buildEither(first part: [LinkGroup]) -> [LinkGroup] { part }
    public static func buildEither(second part: [LinkGroup]) -> [LinkGroup] { part }
}
