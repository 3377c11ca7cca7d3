internal import NIOCore
internal import Synchronization
internal import WardIdentity

/// The connections that are open: so many of one address at once, so that nobody takes them all, and known, so that those that outlast a
/// stop can be closed.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: (channel: any Channel, address: String)] = [:]
        var ofAddress: [String: Int] = [:]
        var refused = 0
    }

    private let limitPerAddress: Int
    private let state = Mutex(State())

    /// Lets so many connections of one address be open at once.
    init(limitPerAddress: Int) { self.limitPerAddress = limitPerAddress }

    /// A connection was opened. False where its address has as many as it may have: it must be closed.
    func opened(_ channel: any Channel) -> Bool {
        let address = AddressGroup.key(of: channel.remoteAddress?.ipAddress ?? "")
        return state.withLock { state in
            guard state.ofAddress[address, default: 0] < limitPerAddress else {
                state.refused += 1
                return false
            }
            state.ofAddress[address, default: 0] += 1
            state.channels[ObjectIdentifier(channel)] = (channel, address)
            return true
        }
    }

    func closed(_ channel: any Channel) {
        state.withLock { state in
            guard let (_, address) = state.channels.removeValue(forKey: ObjectIdentifier(channel)) else { return }
            let count = state.ofAddress[address, default: 1] - 1
            state.ofAddress[address] = count > 0 ? count : nil
        }
    }

    var count: Int { state.withLock { $0.channels.count } }

    /// How many were refused because their address had too many.
    var refused: Int { state.withLock { $0.refused } }

    /// Closes what is left, whatever it does.
    func closeAll() {
        for (channel, _) in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}
