/// Makes passwords that are strong and can be read aloud: five groups of five signs, 125 bits.
package enum PasswordGenerator {
    /// Such as `k7dmx-2qphw-9tbnc-r4vze-m8jya`: no sign that looks like another.
    ///
    /// One of some 20,000 seems to hold a common word, by the fingerprints that the lists are kept as: another is drawn then, so that
    /// nobody is given what the policy refuses.
    package static func make(for name: UserName, under policy: PasswordPolicy = .guide) -> String {
        for _ in 0..<16 {
            let drawn = draw()
            if policy.fault(in: drawn, for: name) == nil { return drawn }
        }
        return draw()
    }

    /// One as chance has it, whatever a policy says of it.
    static func draw() -> String {
        let groups = (0..<5).map { _ in
            String(decoding: SecureRandom.bytes(5).map { alphabet[Int($0 & 31)] }, as: UTF8.self)
        }
        return groups.joined(separator: "-")
    }

    private static let alphabet = Array("abcdefghjkmnpqrstuvwxyz123456789".utf8)
}
