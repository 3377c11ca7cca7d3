internal import NIOCore
internal import Synchronization

/// What is known of one request for log and metrics: references and measures only.
final class RequestTrace: Sendable {
    let id: String
    let started = NIODeadline.now()
    private let template = Atomic<UInt8>(RequestTrace.index(of: .unknown))
    private let received = Atomic<Int>(0)

    init(id: String) { self.id = id }

    /// The shape of the path.
    var route: RouteTemplate {
        get { RouteTemplate.allCases[Int(template.load(ordering: .relaxed))] }
        set { template.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    /// Body bytes that came in.
    var bytesReceived: Int {
        get { received.load(ordering: .relaxed) }
        set { received.store(newValue, ordering: .relaxed) }
    }

    private static let indices = Dictionary(
        uniqueKeysWithValues: RouteTemplate.allCases.enumerated().map { ($1, UInt8($0)) })

    static func index(of template: RouteTemplate) -> UInt8 { indices[template] ?? 0 }
}
