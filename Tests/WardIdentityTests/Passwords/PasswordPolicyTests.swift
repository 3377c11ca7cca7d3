import Testing

@testable import WardIdentity

@Suite("Password policy")
struct PasswordPolicyTests {
    @Test(
        "profile guide",
        arguments: [
            ("Correct-Horse-7", nil), ("mnbrtzGKWQ12", nil), ("abcdefGHIJ12", .common),
            ("abcdefghijklmnopqrstuvwxyz", .sequence), ("12345678901234567890", .sequence),
            ("98765432109876543210", .sequence), ("Password1234!", .common), ("P@ssw0rd1234!", .common),
            ("passwordpasswordpassword", .common), ("Qwerty123456", .common), ("1qaz2wsx3edC", .common),
            ("Ward-2026-Ward", .madeOfNames), ("Lovelace-1815!", .madeOfNames), ("backward-Horse-9", nil), ("correct horse battery staple", nil),
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

    @Test(
        "profile nist: 15 characters, no composition",
        arguments: [
            ("correct horse b", nil), ("correct horse ", .shorterThanFifteen), ("Correct-Horse-7", nil),
            ("passwordpassword", .common), ("dragondragondragon", .common), ("abcdefghijklmno", .sequence),
            ("password password password", .common), ("12345 12345 12345 12345", .common), ("dragon-letmein-dragon-letmein", .common),
            ("P@ssw0rd P@ssw0rd P@ssw0rd", .common), ("password1 password1 password1", .common),
            ("correct horse battery staple", nil), ("xkqvwz xkqvwz tuesday", nil),
        ] as [(String, PasswordPolicy.Fault?)])
    func nist(password: String, fault: PasswordPolicy.Fault?) throws {
        let name = try #require(UserName("ada.lovelace"))
        #expect(PasswordPolicy.nist.fault(in: password, for: name) == fault)
    }

    @Test("the service's own name")
    func serviceName() throws {
        let name = try #require(UserName("ada.lovelace"))
        let policy = PasswordPolicy(.guide, service: "Mercy Hospital")
        #expect(policy.fault(in: "Mercy-Hospital-1", for: name) == .madeOfNames)
        #expect(PasswordPolicy.guide.fault(in: "Mercy-Hospital-1", for: name) == nil)
    }

    @Test("256 code points, not 257")
    func longest() throws {
        let name = try #require(UserName("ada"))
        let phrase = String(repeating: "xkqvwzjp", count: 32)
        #expect(PasswordPolicy.guide.fault(in: phrase, for: name) == nil)
        #expect(PasswordPolicy.guide.fault(in: phrase + "x", for: name) == .tooLong)
    }

    @Test("made passwords are good and differ")
    func made() throws {
        let name = try #require(UserName("ada.lovelace"))
        let passwords = (0..<100).map { _ in PasswordGenerator.make(for: name) }
        #expect(Set(passwords).count == 100)
        for password in passwords {
            #expect(password.count == 29)
            #expect(PasswordPolicy.guide.fault(in: password, for: name) == nil)
        }
    }
}
