/// What one pass over a line's bytes shows, so that only those forms are looked for that it can have: of a server's usual
/// lines that is none.
///
/// A sketch errs to one side: it may say that a line can have a form that it has not, never the other way round.
struct LineSketch {
    /// Pairs of neighbouring letters, digits as one, anything else as a space; letters in lower case.
    private var pairs: [Bool]
    /// The most digits in a row, with at most two of ` -.()+/` between any two of them.
    private(set) var digits = 0
    /// The longest row of capital letters, digits and hyphens.
    private(set) var capitals = 0
    /// Whether five digits in a row follow a space.
    private(set) var hasSpacedNumber = false
    /// Full stops between digits.
    private(set) var dottedDigits = 0
    /// Whether a colon follows four hexadecimal digits.
    private(set) var hasHexadecimalColon = false
    private(set) var hasAt = false
    private(set) var hasQuestionMark = false
    private(set) var hasBar = false
    private(set) var hasPlus = false

    init(_ line: [UInt8]) {
        pairs = [Bool](repeating: false, count: 1 << 10)
        var (digitRun, gap, capitalRun, spacedRun, hexRun) = (0, 0, 0, 0, 0)
        var before = Self.space
        var previous: UInt8 = 0x20
        for (place, byte) in line.enumerated() {
            let isDigit = (48...57).contains(byte)
            let symbol = Self.symbol(byte)
            pairs[Int(before) << 5 | Int(symbol)] = true
            if isDigit {
                digitRun += 1
                gap = 0
                digits = max(digits, digitRun)
            } else if digitRun > 0, Self.separators.contains(byte), gap < 2 {
                gap += 1
            } else {
                (digitRun, gap) = (0, 0)
            }
            capitalRun = isDigit || byte == 45 || (65...90).contains(byte) ? capitalRun + 1 : 0
            capitals = max(capitals, capitalRun)
            spacedRun = isDigit ? (previous == 0x20 ? 1 : spacedRun > 0 ? spacedRun + 1 : 0) : 0
            if spacedRun == 5 { hasSpacedNumber = true }
            if byte == 0x3A, hexRun >= 4 { hasHexadecimalColon = true }
            hexRun = isDigit || (97...102).contains(byte | 0x20) ? hexRun + 1 : 0
            switch byte {
            case UInt8(ascii: "."):
                let next = place + 1 < line.count ? line[place + 1] : 0
                if (48...57).contains(previous), (48...57).contains(next) { dottedDigits += 1 }
            case UInt8(ascii: "@"): hasAt = true
            case UInt8(ascii: "?"): hasQuestionMark = true
            case UInt8(ascii: "|"): hasBar = true
            case UInt8(ascii: "+"): hasPlus = true
            default: break
            }
            (before, previous) = (symbol, byte)
        }
        pairs[Int(before) << 5 | Int(Self.space)] = true
    }

    /// Whether one of some words, in lower case, may stand in the line.
    func mayHave(_ words: [StaticString]) -> Bool {
        words.contains { word in
            word.withUTF8Buffer { text in
                zip(text, text.dropFirst()).allSatisfy { pairs[Int(Self.symbol($0)) << 5 | Int(Self.symbol($1))] }
            }
        }
    }

    private static let space: UInt8 = 0
    private static let separators = Set(" -.()+/".utf8)

    private static func symbol(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 65...90: byte - 64
        case 97...122: byte - 96
        case 48...57: 27
        default: space
        }
    }
}
