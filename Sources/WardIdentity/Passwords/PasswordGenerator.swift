/// Makes passwords that are strong and can be read aloud: five groups of five signs, 125 bits.
package enum PasswordGenerator {
    /// Such as `k7dmx-2qphw-9tbnc-r4vze-m8jya`: no sign that looks like another.
    package static func make() -> String {
        let groups = (0..<5).map { _ in
            String(decoding: SecureRandom.bytes(5).map { alphabet[Int($0 & 31)] }, as: UTF8.self)
        }
        return groups.joined(separator: "-")
    }

    private static let alphabet = Array("abcdefghjkmnpqrstuvwxyz123456789".utf8)
}
