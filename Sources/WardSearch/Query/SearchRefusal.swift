import WardFHIR

/// What a query may be refused for. Names the parameter, never its value.
enum SearchRefusal {
    /// A name as it may be repeated to clients and in logs: nothing but the characters of parameter names.
    static func printable(_ name: String) -> String {
        let isPlain = name.utf8.count <= SearchLimits.standard.nameBytes && !name.isEmpty && name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: ":"): true
            default: false
            }
        }
        return isPlain ? name : "(a name that no parameter can have)"
    }

    static func unknownParameter(_ name: String, type: String) -> FHIRError {
        FHIRError(status: 400, .notSupported, "\(type) has no search parameter of this name", at: printable(name))
    }

    static func unsupportedParameter(_ name: String, _ reason: String) -> FHIRError {
        FHIRError(status: 400, .notSupported, "This search parameter is not supported: \(reason)", at: printable(name))
    }

    static func unsupportedModifier(_ name: String) -> FHIRError {
        FHIRError(status: 400, .notSupported, "This modifier is not supported for this parameter", at: printable(name))
    }

    static func badValue(_ name: String, _ expected: String) -> FHIRError {
        FHIRError(status: 400, .value, "The value of this parameter must be \(expected)", at: printable(name))
    }

    static func tooMuch(_ what: String, limit: Int) -> FHIRError {
        FHIRError(status: 400, .tooCostly, "The query has too many \(what): at most \(limit) are allowed")
    }
}
