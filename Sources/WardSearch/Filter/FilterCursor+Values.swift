extension FilterCursor {
    /// The next value, as it was encoded.
    mutating func value() throws(FilterRecordError) -> SearchValue {
        let tag = try byte()
        switch tag {
        case FilterRecord.Tag.present: return .present
        case FilterRecord.Tag.tokenBare...FilterRecord.Tag.systemURI: return .token(try token(tag))
        case FilterRecord.Tag.stringSimple:
            let text = try string()
            return .string(StringValue(composed: text, folded: Self.lowered(text)))
        case FilterRecord.Tag.stringFull:
            let composed = try string()
            return .string(StringValue(composed: composed, folded: try string()))
        case FilterRecord.Tag.referenceUUID:
            let type = try resourceType()
            let high: UInt64 = try integer()
            return .reference(.local(type: type, id: UUIDText.text(high, try integer())))
        case FilterRecord.Tag.referenceLocal:
            let type = try resourceType()
            return .reference(.local(type: type, id: try string()))
        case FilterRecord.Tag.referenceAbsolute: return .reference(.absolute(try string()))
        case FilterRecord.Tag.canonical: return .uri(CanonicalValue(url: try string()))
        case FilterRecord.Tag.canonicalVersion:
            let url = try string()
            return .uri(CanonicalValue(url: url, version: try string()))
        case FilterRecord.Tag.referenceIdentifier:
            let tag = try byte()
            return .reference(.identifier(try token(tag)))
        case FilterRecord.Tag.number, FilterRecord.Tag.numberSpan: return .number(try numberInterval(tag))
        case FilterRecord.Tag.quantity: return .quantity(try quantityParts().value)
        default: return .date(try interval(tag))
        }
    }

    private mutating func token(_ tag: UInt8) throws(FilterRecordError) -> TokenValue {
        switch tag {
        case FilterRecord.Tag.tokenBare: return TokenValue(system: .none, code: try string())
        case FilterRecord.Tag.tokenImplied: return TokenValue(system: .implied, code: try string())
        case FilterRecord.Tag.tokenKnown:
            let system = try knownSystem()
            return TokenValue(system: .uri(system), code: try string())
        case FilterRecord.Tag.tokenURI:
            let system = try string()
            return TokenValue(system: .uri(system), code: try string())
        case FilterRecord.Tag.systemKnown: return TokenValue(system: .uri(try knownSystem()), code: nil)
        case FilterRecord.Tag.systemURI: return TokenValue(system: .uri(try string()), code: nil)
        default: throw FilterRecordError(.malformed)
        }
    }

    private mutating func resourceType() throws(FilterRecordError) -> String {
        let number = Int(try byte())
        guard number < ResourceTypes.names.count else { throw FilterRecordError(.malformed) }
        return ResourceTypes.names[number]
    }

    private static func lowered(_ text: String) -> String {
        String(decoding: text.utf8.map { NormalizedText.lowered($0) }, as: UTF8.self)
    }
}
