extension [PathValue] {
    /// The only value; nil for none.
    /// - Throws: `notSingleton` with that name for several.
    func single(_ name: String) throws(FHIRPathError) -> PathValue? {
        if count > 1 { throw FHIRPathError(.notSingleton, name) }
        return first
    }

    /// The only value as a Boolean; any value that is no Boolean counts as true.
    ///
    /// Source: https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections
    func condition(_ name: String) throws(FHIRPathError) -> Bool? {
        guard let value = try single(name) else { return nil }
        if case .boolean(let flag) = value.system { return flag }
        return true
    }

    /// The only value as a Boolean; nothing else is taken.
    func boolean(_ name: String) throws(FHIRPathError) -> Bool? {
        guard let value = try single(name) else { return nil }
        guard case .boolean(let flag) = value.system else { throw FHIRPathError(.wrongType, name) }
        return flag
    }

    /// The only value as an Integer.
    func integer(_ name: String) throws(FHIRPathError) -> Int? {
        guard let value = try single(name) else { return nil }
        guard case .integer(let number) = value.system else { throw FHIRPathError(.wrongType, name) }
        return number
    }

    /// The only value as a String.
    func text(_ name: String) throws(FHIRPathError) -> String? {
        guard let value = try single(name) else { return nil }
        guard case .string(let text) = value.system else { throw FHIRPathError(.wrongType, name) }
        return text
    }
}
