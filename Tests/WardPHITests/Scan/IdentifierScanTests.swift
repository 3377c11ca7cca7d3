import Foundation
import Testing
import WardPHI

@Suite struct IdentifierScanTests {
    static let examples: [(IdentifierKind, [String], [String])] = [
        (.socialSecurityNumber, ["ssn 123-45-6789", "123 45 6789.", "SSN: 219099999",
             "social security number=219099999"],
         ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-6789", "123-45-0000",
                                                                   "1123-45-6789", "2026-01-31"]),
        (.medicareNumber, ["1EG4-TE5-MK73", "1EG4TE5MK73"], ["0EG4-TE5-MK73", "1SG4-TE5-MK73"]),
        (.medicalRecordNumber, ["MRN: 00123456", "medical record number 998877", #""mrn":"A-12345""#],
         ["mrn", "mrn: none"]),
        (.accountNumber, ["account number: 12345678", "memberId=W123456789"], ["account closed", "account number 12"]),
        (.cardNumber, ["4111 1111 1111 1111", "5500005555555559"],
         ["4111 1111 1111 1112", "0000000000000000", "12345", "request_id=01a1ffe9-0092-73b6-9848-59521618a033",
             "a4111111111111111f"]),
        (.emailAddress, ["to jane.doe@example.org", "<a+b@mail.example.com>"],
         ["user@localhost", "@example.org", "a@b"]),
        (.telephoneNumber, ["(555) 234-5678", "+1 555-234-5678", "555.234.5678", "+44 20 7946 0958", "+492219876543",
                            "tel:2125550187", "phone: 2125550187"],
         ["123-456-7890", "555-1234", "2026-11-21", "2026-11-21T10:00:00+01:00", "+12.5 %", "took +1234 ms",
             "phone: none"]),
        (.birthDate, [#""birthDate":"1980-02-29""#, "DOB 02/29/1980", "born on 1980-02",
             "date of birth: February 3, 1980", "dob=3 Feb 1980", "died 2020-01-01", #"<birthDate value="1980-02-03"/>"#,
             "birthDate => 1980-01-02", "'birthDate': datetime.date(1980, 1, 2)", "dob=date(1980, 10, 2)"],
             ["update(2026, 1, 2)", "2026-11-21T08:00:00Z started", "born"]),
        (.highAge, ["age: 93", "aged 101", "a 97-year-old"], ["age: 89", "page 93", "age 9"]),
        (.name, [#""family":"Lovelace""#, "patient name: Ada", #"given: ["Ada"]"#, "lastName=Ödegård",
             #"name="Jane Doe""#, #""name":"Jane Doe""#, "patient=Jane O'Neil",
                #"<family value="Doe"/>"#, "%22family%22%3A%22Doe%22", "?family%3DDoe",
                #":family => "Doe""#],
         ["family: 3", "name: ward", #""name":"ward-server""#, "hostname=Ward One"]),
        (.streetAddress, ["at 12 North Main Street", "1600 Pennsylvania Ave", "PO Box 1234", "P.O. Box 9"],
         ["took 12 ms", "line 3 of file"]),
        (.postalCode, ["Boston MA 02134", "zip: 02134", #""postalCode": "02134-1234""#], ["error 02134", "MA 2134"]),
        (.networkAddress, ["from 8.8.8.8:443", "by 2a01:4f8::1, twice", "2600:1f18:1:2:3:4:5:6"],
         ["2001:db8::1", "2026:01:31", "fe80::1", "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.20.0.1", "1.2.3",
             "300.1.1.1", "1.2.3.4.5"]),
        (.vehicleNumber, ["1HGCM82633A004352"], ["1HGCM82633A004353", "12345678901234567"]),
        (.recordSearch, ["GET /fhir/Patient?name=x", "Observation/_search?patient=1"],
         ["Patient/1", "what? name=x", "Patient?"]),
        (.recordContent, [#"{"resourceType": "Observation"}"#, "PID|1||12345^^^MRN||DOE^JANE||19800203|F"],
         ["resourceType Observation", "a|b|"]),
    ]

    @Test func everyKindHasExamples() {
        #expect(Set(Self.examples.map(\.0)) == Set(IdentifierKind.allCases))
    }

    @Test(arguments: 0..<16) func formsAreFoundAndNeighboursAreNot(number: Int) throws {
        let (kind, found, clean) = Self.examples[number]
        let scan = try IdentifierScan([kind])
        for text in found { #expect(scan.scan(text).findings[kind]?.count == 1, "\(kind): \(text)") }
        for text in clean { #expect(scan.scan(text).findings.isEmpty, "\(kind): \(text)") }
    }

    /// Structured logs carry the bodies of others as strings of JSON, at times in strings of JSON again.
    @Test(arguments: [
        #"{\"level\":\"error\",\"msg\":\"upstream said {\\\"mrn\\\":\\\"12345678\\\"}\"}"#, #"body={\"mrn\":\"12345678\"}"#,
        #""{\u0022mrn\u0022:\u002212345678\u0022}""#, #"'{\x22mrn\x22:\t\x2212345678\x22}'"#, "%5C%22mrn%5C%22%3A%5C%2212345678%5C%22",
    ]) func whatIsEscapedIsFound(text: String) throws {
        #expect(try IdentifierScan([.medicalRecordNumber]).scan(text).findings[.medicalRecordNumber]?.count == 1)
    }

    @Test func otherBackslashesAreLeft() throws {
        for text in [#"C:\logs\ward"#, #"\"#, #"a\"#, #"\u12"#, #"\uD800"#, #"\x4"#, "%", "%4", #"\d+ \q"#] {
            #expect(try IdentifierScan().scan(text).findings.isEmpty && IdentifierScan().scan(text).lines == 1)
        }
    }

    @Test func linesAreCountedAndNumbered() throws {
        let result = try IdentifierScan().scan("a\n123-45-6789 and 123-45-6780\r\n\nx@example.org\n123-45-6789")
        #expect(result.lines == 5 && result.total == 4)
        #expect(result.findings[.socialSecurityNumber] == .init(count: 3, lines: [2, 5]))
        #expect(result.findings[.emailAddress] == .init(count: 1, lines: [4]))
    }

    @Test func filesAreReadWholeWhateverTheirLines() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("ward-scan-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        var bytes = Data((String(repeating: "quiet line\n", count: 200_000) + "123-45-6789\n").utf8)
        bytes += Data(repeating: UInt8(ascii: " "), count: 70_000) + Data("x@example.org".utf8) + Data([0xFF, 0xFE])
        try bytes.write(to: file)
        let result = try IdentifierScan([.socialSecurityNumber, .emailAddress]).scan(file: file.path)
        #expect(result.lines == 200_002)
        #expect(result.findings[.socialSecurityNumber]?.lines == [200_001])
        #expect(result.findings[.emailAddress] == .init(count: 1, lines: [200_002]))
    }

    /// What is compressed is not called clean.
    @Test func bytesThatAreNoTextAreRefused() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("ward-scan-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data([0x1F, 0x8B, 0x08, 0x00, 0x41]).write(to: file)
        #expect(throws: IdentifierScan.NotText.self) { try IdentifierScan().scan(file: file.path) }
    }

    @Test func whatWardLogsHasNoIdentifier() throws {
        let line = #"{"time":"2026-11-21T08:00:00.000Z","level":"info","label":"ward.http","message":"request","#
            + #""request_id":"01a1fd2c-7dbe-70a1-b272-427f320bd913","route":"/fhir/{type}/{id}","status":"200","#
            + #""duration_us":"1234","host":"127.0.0.1"}"#
        #expect(try IdentifierScan().scan(line).findings.isEmpty)
    }
}
