/// Collections without duplicates; order is that of first appearance.
///
/// Values are bucketed by a hash that agrees with equality, so that long collections stay linear.
struct PathSet {
    private(set) var values: [PathValue] = []
    private var buckets: [Int: [Int]] = [:]

    /// Up to this many values are compared one by one.
    private static let smallCount = 8

    static func union(_ left: [PathValue], _ right: [PathValue]) -> [PathValue] {
        if left.count + right.count < 2 { return left + right }
        return distinct(left + right)
    }

    static func distinct(_ values: [PathValue]) -> [PathValue] {
        var set = PathSet()
        for value in values { set.insert(value) }
        return set.values
    }

    mutating func insert(_ value: PathValue) {
        if contains(value) { return }
        values.append(value)
        if values.count == Self.smallCount {
            for (index, value) in values.enumerated() { buckets[PathHash.hash(value), default: []].append(index) }
        } else if values.count > Self.smallCount {
            buckets[PathHash.hash(value), default: []].append(values.count - 1)
        }
    }

    func contains(_ value: PathValue) -> Bool {
        if values.count < Self.smallCount { return values.contains { PathEquality.equal($0, value) == true } }
        return (buckets[PathHash.hash(value)] ?? []).contains { PathEquality.equal(values[$0], value) == true }
    }
}

/// A hash that is the same for equal values.
enum PathHash {
    static func hash(_ value: PathValue) -> Int {
        switch value.system {
        case .boolean(let flag): flag ? 1 : 2
        case .string(let text): hash(text)
        case .integer, .decimal: value.system.number.map { hash($0) } ?? 4
        // Equal quantities may be written with other units.
        case .quantity(let quantity): quantity.unit == "1" ? hash(quantity.value) : 4
        case .temporal(let temporal): temporal.equalityHash
        case .element(let element): (element.node ?? element.sibling).map { hash($0) } ?? 6
        }
    }

    private static func hash(_ number: PathDecimal) -> Int {
        Int(truncatingIfNeeded: number.trimmed.coefficient)
    }

    private static func hash(_ node: JSONNode) -> Int {
        switch node.kind {
        case .object: node.members.reduce(7) { $0 ^ mix(hash($1.name), hash($1.value)) }
        case .array: node.elements.reduce(8) { mix($0, hash($1)) }
        case .string: node.withUTF8 { hash(UnsafeRawBufferPointer($0)) } ?? 3
        case .number: node.lexeme.flatMap { PathDecimal($0) }.map { hash($0) } ?? 9
        default: Int(node.kind.rawValue)
        }
    }

    private static func hash(_ text: String) -> Int {
        var text = text
        return text.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
    }

    /// Seeded anew in each process, so that nobody can choose texts that collide.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }

    private static func mix(_ hash: Int, _ next: Int) -> Int {
        (hash &* 31) &+ next
    }
}
