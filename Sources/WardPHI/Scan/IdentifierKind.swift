internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif

/// Kinds of identifiers that are recognised in text by their form.
///
/// Source: 45 CFR 164.514(b)(2)(i), the identifiers of a Safe Harbor de-identification, as far as form alone tells them;
/// and the forms in which FHIR carries them. A name in running text has no form: only named fields show it.
public enum IdentifierKind: String, Sendable, CaseIterable, Codable {
    /// A social security number.
    case socialSecurityNumber = "social-security-number"
    /// A Medicare beneficiary identifier.
    case medicareNumber = "medicare-number"
    /// A medical record number, by its label.
    case medicalRecordNumber = "medical-record-number"
    /// An account, policy, member or insurance number, by its label.
    case accountNumber = "account-number"
    /// A payment card number, by its check digit.
    case cardNumber = "card-number"
    /// An address of electronic mail.
    case emailAddress = "email-address"
    /// A telephone or fax number: of North America by its form, others with `+` and the country, or by a label.
    case telephoneNumber = "telephone-number"
    /// A date of birth or death, by its label.
    case birthDate = "birth-date"
    /// An age of ninety or more, by its label.
    case highAge = "age-over-89"
    /// A name, by the field that holds it.
    case name = "name"
    /// A street with a house number, or a post office box.
    case streetAddress = "street-address"
    /// A postal code after a state, or by the field that holds it.
    case postalCode = "postal-code"
    /// A public network address.
    case networkAddress = "network-address"
    /// A vehicle identification number, by its check digit.
    case vehicleNumber = "vehicle-number"
    /// A search of FHIR records: what was searched for says something of somebody.
    case recordSearch = "record-search"
    /// A FHIR resource or a part of one, or a segment of HL7 version 2 about a person.
    case recordContent = "record-content"

    /// The form, as a regular expression over a line.
    var form: String {
        switch self {
        case .socialSecurityNumber:
            #"(?<![\d-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])"#
                + #"|(?i)\b(?:ssn|social[ _-]?security(?:[ _-]?(?:number|no))?)\b["']?\s*[:=#>]*\s*["']?(?!000|666|9)\d{9}(?!\d)"#
        case .medicareNumber:
            #"\b[1-9][AC-HJ-KM-NP-RT-Y][0-9AC-HJ-KM-NP-RT-Y]\d-?[AC-HJ-KM-NP-RT-Y][0-9AC-HJ-KM-NP-RT-Y]\d-?[AC-HJ-KM-NP-RT-Y]{2}\d{2}\b"#
        case .medicalRecordNumber: #"(?i)\b(?:mrn|medical[ _-]?record(?:[ _-]?(?:number|no))?)\b["']?\s*[:=#>]*\s*["']?[a-z]{0,3}-?\d{4,}"#
        case .accountNumber:
            #"(?i)\b(?:account|acct|policy|member|subscriber|insurance|beneficiary)[ _-]?(?:number|no|id)\b["']?\s*[:=#>]*\s*["']?[a-z]{0,4}-?\d{5,}"#
        case .cardNumber: #"(?<![\p{L}\d-])\d(?:[ -]?\d){12,18}(?![\p{L}\d-])"#
        case .emailAddress: #"(?i)(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}\b"#
        case .telephoneNumber:
            #"(?<![\d.-])(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?![\d-])"#
                + #"|(?<![\w+])\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,5}\)?){2,5}(?![\w-])"#
                + #"|(?i)\b(?:tel|telephone|phone|mobile|cell|fax)\b["']?(?:\s*value)?\s*[:=#>]*\s*["']?\d{7,15}(?![\w-])"#
        case .birthDate:
            #"(?i)\b(?:birth[ _-]?date|date[ _-]of[ _-](?:birth|death)|dob|born|died|deceased(?:date(?:time)?)?)\b"#
                + #"["']?(?:\s+value)?\s*(?:=>|[:=])?\s*(?:on\s+)?["']?(?:(?:datetime\.)?date(?:time)?\()?"#
                + #"(?:\d{4}(?:-\d{2}|, ?\d{1,2}\b)|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{8}\b"#
                + #"|(?:\d{1,2}\.? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? (?:\d{1,2},? )?\d{4})"#
        case .highAge: #"(?i)\b(?:age|aged)\b["']?\s*(?:=>|[:=])?\s*["']?(?:9\d|1[01]\d)\b|\b(?:9\d|1[01]\d)[- ]years?[- ]old\b"#
        case .name:
            #"(?i)["']?\b(?:family|given|patient[ _-]?name|(?:first|last|full|maiden)[ _-]?name|surname)\b["']?(?:\s+value)?\s*(?:=>|[:=])"#
                + #"\s*\[?\s*["']?\p{L}{2,}|\b(?i:name|patient)\b["']?\s*(?:=>|[:=])\s*["']?\p{Lu}[\p{L}'-]+,? \p{Lu}[\p{L}'-]+"#
        case .streetAddress:
            #"(?i)\b\d{1,6} (?:[a-z0-9.]+ ){1,4}(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|highway|hwy)\b"#
                + #"|(?i)\bp\.? ?o\.? box \d+"#
        case .postalCode: #"\b[A-Z]{2} \d{5}(?:-\d{4})?\b|(?i:"?\b(?:postal[ _-]?code|zip(?:[ _-]?code)?)\b["']?\s*(?:=>|[:=])\s*["']?\d{5})"#
        case .networkAddress:
            #"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"#
                + #"|(?i)(?<![0-9a-f:.])[23][0-9a-f]{3}:(?:[0-9a-f]{0,4}:){1,6}[0-9a-f]{0,4}(?![0-9a-f:])"#
        case .vehicleNumber: #"\b[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}\b"#
        case .recordSearch: #"\b[A-Z][A-Za-z]{3,40}(?:/_search)?\?[A-Za-z_][A-Za-z_:.-]*=[^\s&"']"#
        case .recordContent: #""resourceType"\s*:\s*"[A-Z][A-Za-z]+"|\b(?:PID|NK1|GT1|IN1)\|[^|]*\|"#
        }
    }

    /// Whether a line with this sketch can have the form.
    func mayBe(in line: LineSketch) -> Bool {
        switch self {
        case .socialSecurityNumber: line.digits >= 9
        case .medicareNumber: line.capitals >= 11
        case .medicalRecordNumber: line.digits >= 4 && line.mayHave(["mrn", "medical"])
        case .accountNumber:
            line.digits >= 5
                && line.mayHave(["account", "acct", "policy", "member", "subscriber", "insurance", "beneficiary"])
        case .cardNumber: line.digits >= 13
        case .emailAddress: line.hasAt
        case .telephoneNumber: line.digits >= 7
        case .birthDate: line.digits >= 4 && line.mayHave(["birth", "death", "dob", "born", "died", "deceased"])
        case .highAge: line.digits >= 2 && line.mayHave(["age", "year"])
        case .name: line.mayHave(["family", "given", "name", "patient"])
        case .streetAddress:
            line.digits >= 1 && line.mayHave([
                "street", " st ", "avenue", " ave ", "road", " rd ", "boulevard", "blvd", "lane", " ln ", "drive", " dr ",
                "court", " ct ", "place", " pl ", "highway", "hwy", "box",
            ])
        case .postalCode: line.hasSpacedNumber || line.digits >= 5 && line.mayHave(["postal", "zip"])
        case .networkAddress: line.dottedDigits >= 3 || line.hasHexadecimalColon
        case .vehicleNumber: line.capitals >= 17
        case .recordSearch: line.hasQuestionMark
        case .recordContent: line.hasBar || line.mayHave(["resourcetype"])
        }
    }

    /// Whether what has the form is one: check digits, ranges.
    func confirms(_ text: Substring.UTF8View) -> Bool {
        switch self {
        case .cardNumber: CheckDigits.isCard(text)
        case .telephoneNumber: text.count { (48...57).contains($0) } >= 7
        case .vehicleNumber: CheckDigits.isVehicle(text)
        case .networkAddress: CheckDigits.isPublicAddress(text)
        default: true
        }
    }
}

/// Numbers that prove themselves.
enum CheckDigits {
    /// Luhn's check digit (ISO/IEC 7812-1), and not one digit only.
    static func isCard(_ text: Substring.UTF8View) -> Bool {
        let digits = text.filter { (48...57).contains($0) }.map { Int($0) - 48 }
        guard (13...19).contains(digits.count), Set(digits).count > 1 else { return false }
        let sum = digits.reversed().enumerated().reduce(0) { sum, item in
            let doubled = item.offset % 2 == 1 ? item.element * 2 : item.element
            return sum + (doubled > 9 ? doubled - 9 : doubled)
        }
        return sum % 10 == 0
    }

    /// The check digit of a vehicle identification number (49 CFR 565.15), which has letters and digits.
    static func isVehicle(_ text: Substring.UTF8View) -> Bool {
        let values: [UInt8: Int] = zip("ABCDEFGHJKLMNPRSTUVWXYZ".utf8, [
            1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9,
        ]).reduce(into: [:]) { $0[$1.0] = $1.1 }
        let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
        let bytes = Array(text)
        guard bytes.count == 17, bytes.contains(where: { $0 >= 65 }), bytes.contains(where: { $0 < 65 }) else { return false }
        let sum = zip(bytes, weights).reduce(0) { $0 + ((48...57).contains($1.0) ? Int($1.0) - 48 : values[$1.0] ?? 0) * $1.1 }
        return bytes[8] == (sum % 11 == 10 ? UInt8(ascii: "X") : UInt8(48 + sum % 11))
    }

    /// An address that is not private, local, for documentation, or no address at all.
    ///
    /// Source: RFC 6890; RFC 4291 and RFC 3849 for IPv6.
    static func isPublicAddress(_ text: Substring.UTF8View) -> Bool {
        if text.contains(UInt8(ascii: ":")) {
            var address = in6_addr()
            guard inet_pton(AF_INET6, String(text), &address) == 1 else { return false }
            return withUnsafeBytes(of: address) { !$0.starts(with: [0x20, 0x01, 0x0D, 0xB8]) }
        }
        let parts = text.split(separator: UInt8(ascii: ".")).compactMap { UInt8(String(decoding: $0, as: UTF8.self)) }
        guard parts.count == 4 else { return false }
        switch (parts[0], parts[1], parts[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (192, 168, _), (224..., _, _): return false
        case (172, 16...31, _), (100, 64...127, _), (192, 0, 0), (192, 0, 2), (198, 18...19, _), (198, 51, 100), (203, 0, 113):
            return false
        default: return true
        }
    }
}
