internal import Foundation

extension WardConfiguration {
    /// The certificates of monitoring systems, as SHA-256 of their DER.
    /// - Throws: ``ConfigurationError`` that names the key.
    func metricsCertificates() throws(ConfigurationError) -> Set<[UInt8]> {
        let names = (text("metrics.certificates") ?? "").split(separator: ",")
        let prints = names.compactMap { Self.fingerprint(String($0)) }
        guard prints.count == names.count else {
            throw ConfigurationError("""
                metrics.certificates must be a list of SHA-256 fingerprints, 64 hexadecimal digits each, as `openssl x509 -fingerprint -sha256` \
                prints them
                """)
        }
        guard prints.isEmpty || text("tls.client_certificates") == "true" else {
            throw ConfigurationError("metrics.certificates needs tls.client_certificates: true, else nobody is asked for a certificate")
        }
        return Set(prints)
    }

    private static func fingerprint(_ text: String) -> [UInt8]? {
        let digits = text.trimmingCharacters(in: .whitespaces).filter { $0 != ":" }
        guard digits.utf8.count == 64, digits.allSatisfy(\.isHexDigit) else { return nil }
        return stride(from: 0, to: 64, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
    }
}
