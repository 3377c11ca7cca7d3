extension FHIRError {
    /// The error for a body that is no acceptable JSON: 413 if it is past a limit of size, else 400.
    public init(_ error: JSONError) {
        switch error.code {
        case .tooLarge, .tooManyNodes: self = .payloadTooLarge
        default:
            let place = "JSON: \(error.code.sentence), at byte \(error.offset)"
            self = .invalid(path: error.path.isEmpty ? nil : error.path, place, code: .structure)
        }
    }
}

extension JSONError.Code {
    /// The fault in words.
    fileprivate var sentence: String {
        switch self {
        case .emptyInput: "the body is empty"
        case .tooLarge: "too many bytes"
        case .tooDeep: "too many levels"
        case .tooManyNodes: "too many values"
        case .byteOrderMark: "a byte order mark is not allowed"
        case .unexpectedByte: "unexpected character"
        case .unexpectedEnd: "the text ends too early"
        case .invalidUTF8: "not UTF-8"
        case .controlCharacter: "control character in a string"
        case .invalidEscape: "unknown escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .invalidNumber: "not a number"
        case .invalidLiteral: "unknown word"
        case .duplicateName: "the same member twice"
        case .trailingContent: "something follows the value"
        }
    }
}
