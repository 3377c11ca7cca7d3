internal import WardDatabase
internal import WardFHIR
internal import WardKeys
internal import WardIdentity

/// Where a search goes on: the query and the place after which the next page begins, sealed for the session that asked, so that a link
/// tells nothing, cannot be changed, and serves nobody else.
struct SearchCursor: Sendable {
    var type: String
    var parameters: [(name: String, value: String)]
    var position: CandidateQuery.Position

    /// The parameter of a link that carries it.
    static let parameter = "_page"

    /// The sealed form, good for an hour.
    func sealed(_ links: SealedTokens, caller: Caller) throws -> String {
        var writer = JSONWriter(reserving: 256)
        writer.beginArray()
        writer.string(type)
        writer.number(Int(position.updatedAt))
        writer.number(Int(position.sequence))
        for (name, value) in parameters {
            writer.string(name)
            writer.string(value)
        }
        writer.endArray()
        return try links.seal(writer.bytes, binding: Self.binding(caller), lifetime: .seconds(3_600))
    }

    /// Opens a link's token.
    /// - Throws: ``FHIRError`` 400 or 410: it was changed, is another's, is for another type, or is too old.
    init(_ text: String, type: String, links: SealedTokens, caller: Caller) throws(FHIRError) {
        let payload: [UInt8]
        do {
            payload = try links.open(text, binding: Self.binding(caller))
        } catch let error where error.code == .expired {
            throw FHIRError(status: 410, .expired, "this page link has expired; search again", at: Self.parameter)
        } catch {
            throw .invalid(path: Self.parameter, "this page link is not one of this session; search again")
        }
        let values = Array(try ResourceIntake.parse(payload).elements)
        guard values.count >= 3, values.count % 2 == 1, let written = values[0].string, written == type,
            let updatedAt = values[1].lexeme.flatMap({ Int64($0) }), let sequence = values[2].lexeme.flatMap({ Int64($0) })
        else { throw .invalid(path: Self.parameter, "this page link is for something else; search again") }
        self.type = written
        self.position = .init(updatedAt: updatedAt, sequence: sequence)
        self.parameters = stride(from: 3, to: values.count, by: 2).map { index in
            (values[index].string ?? "", values[index + 1].string ?? "")
        }
    }

    init(type: String, parameters: [(name: String, value: String)], position: CandidateQuery.Position) {
        self.type = type
        self.parameters = parameters
        self.position = position
    }

    private static func binding(_ caller: Caller) -> [UInt8] {
        caller.tenant.bytes + Array((caller.session?.text ?? "local:\(caller.name)").utf8)
    }
}
