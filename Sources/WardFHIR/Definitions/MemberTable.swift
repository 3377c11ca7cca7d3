/// A hash table from member names, as UTF-8, to the elements of one type: open addressing, half full at most.
struct MemberTable: Sendable {
    struct Member: Sendable {
        var hash: UInt32
        var offset: UInt32
        var length: UInt16
        /// Index of the element in its type, and of the value's type in the element.
        var element: UInt16
        var type: UInt16
        /// `value` of `value[x]` is a name in FHIRPath only, `valueQuantity` one in JSON only.
        var isPathName: Bool
        var isJSONName: Bool
    }

    private var names: [UInt8] = []
    private var members: [Member] = []
    /// Index into `members` plus one; 0 is a free slot. The count is a power of two.
    private var slots: [UInt16] = []

    init(elements: [ElementFacts], names: [TypeFacts]) {
        for (index, element) in elements.enumerated() {
            let isChoice = element.flags.contains(.choice)
            add(element.name, element: index, type: 0, isPathName: true, isJSONName: !isChoice)
            guard isChoice else { continue }
            for (number, type) in element.types.enumerated() {
                let name = element.name + ElementDefinition.capitalized(names[type].name)
                add(name, element: index, type: number, isPathName: false, isJSONName: true)
            }
        }
        var size = 4
        while size < members.count * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        for (number, member) in members.enumerated() {
            var slot = Int(member.hash) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt16(number + 1)
        }
    }

    func find(_ name: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Member? {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            let member = members[Int(slots[slot]) - 1]
            if member.hash == hash && Int(member.length) == name.count && matches(member, name) { return member }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// FNV-1a, 32 bits.
    static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for byte in name { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return hash
    }

    private func matches(_ member: Member, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        names.withUnsafeBufferPointer { names in
            let start = Int(member.offset)
            for index in 0..<name.count where names[start + index] != name[index] { return false }
            return true
        }
    }

    private mutating func add(_ name: String, element: Int, type: Int, isPathName: Bool, isJSONName: Bool) {
        let offset = names.count
        names += Array(name.utf8)
        let length = names.count - offset
        let hash = names.withUnsafeBufferPointer { Self.hash(UnsafeBufferPointer(rebasing: $0[offset...])) }
        members.append(Member(
            hash: hash, offset: UInt32(offset), length: UInt16(length), element: UInt16(element), type: UInt16(type),
            isPathName: isPathName, isJSONName: isJSONName))
    }
}
