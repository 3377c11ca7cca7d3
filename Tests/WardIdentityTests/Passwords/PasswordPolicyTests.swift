import Testing

@testable import WardIdentity

@Suite("Password policy")
struct PasswordPolicyTests {
    @Test(
        "profile guide",
        arguments: [
            ("Correct-Horse-7", nil), ("abcdefGHIJ12", nil), ("correct horse battery staple", nil),
            ("Zähne-Äpfel7", nil), ("abcdefGHIJ1", .tooShort), ("", .tooShort),
            ("abcdefghijkl", .tooUniform), ("abcdefghijkl12", .tooUniform), ("correct horse batter", nil),
            ("correct horse batte", .tooUniform), ("Aa1Aa1Aa1Aa1", .tooRepetitive),
            (String(repeating: "a", count: 40), .tooRepetitive), ("Hello-Ada.Lovelace1", .containsName),
            ("ADA.LOVELACE-12345", .containsName),
        ] as [(String, PasswordPolicy.Fault?)])
    func guide(password: String, fault: PasswordPolicy.Fault?) throws {
        let name = try #require(UserName("ada.lovelace"))
        #expect(PasswordPolicy.guide.fault(in: password, for: name) == fault)
    }

    @Test("256 code points, not 257")
    func longest() throws {
        let name = try #require(UserName("ada"))
        let phrase = String(repeating: "abcdefgh", count: 32)
        #expect(PasswordPolicy.guide.fault(in: phrase, for: name) == nil)
        #expect(PasswordPolicy.guide.fault(in: phrase + "x", for: name) == .tooLong)
    }

    @Test("made passwords are good and differ")
    func made() throws {
        let name = try #require(UserName("ada.lovelace"))
        let passwords = (0..<100).map { _ in PasswordGenerator.make() }
        #expect(Set(passwords).count == 100)
        for password in passwords {
            #expect(password.count == 29)
            #expect(PasswordPolicy.guide.fault(in: password, for: name) == nil)
        }
    }
}
