// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import TopologyLanguage

/// All rules, and all codes.
public enum Catalogue {
    /// In the order of their codes.
    public static let rules: [any Rule.Type] = [
        InvalidMAC.self, ZeroMAC.self, BroadcastMAC.self, MulticastMAC.self, UniversalMAC.self, DuplicateMAC.self,
        MACPoolOverflow.self, InvalidIP.self, DuplicateIP.self, NetworkAddress.self, UnusableIP.self,
        SubnetMismatch.self, IPPoolOverflow.self, DerivedAddressTaken.self, DuplicateNumber.self, DuplicateName.self,
        NumberGap.self,
        DuplicateHostname.self, InvalidHostname.self, InvalidName.self, ReservedName.self, DuplicatePartition.self,
        DerivedNameCollision.self, GuestNumbers.self, GuestText.self, GuestPrograms.self,
        UnknownVM.self, SelfLink.self, DuplicatePeer.self, AsymmetricLink.self, PairInTwoPartitions.self,
        QueueMismatch.self, EmptyPartition.self, LoneVM.self, BroadcastDomain.self, TooFewMembers.self, NoVM.self,
        UnlearnedPeer.self,
        FilterEnd.self, FilterArgument.self, FilterValue.self, UnreachableRule.self, ConflictingRules.self,
        FilterPassesNothing.self, TooManyFilterRules.self, CakeMLForwardsAll.self, FilterDataPath.self,
        VSwitchNodes.self, NotificationBadges.self, QueueIDs.self, SerialServerVMs.self, QueueLength.self,
        FixedQueueLength.self, SharedMemoryPages.self, RingOverflow.self, FrameOverflow.self, FramesInFlight.self,
        GuestMemory.self, UntypedMemory.self, UntypedMargin.self, TooManyInterfaces.self,
        UnheldDataPath.self, IgnoredGuestSetting.self, NeverLinked.self, NeverRelayed.self, NeverItself.self,
        NeverNothing.self, UnpinnedSources.self,
    ]

    /// What each code means, in the order of the codes: the rules', the language's, the allowances'.
    public static var descriptions: [RuleDescription] {
        (rules.map { $0.description } + LanguageRules.all + AllowanceRules.all).sorted { $0.code < $1.code }
    }
}
