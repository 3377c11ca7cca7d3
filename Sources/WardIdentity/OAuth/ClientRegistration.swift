internal import Foundation

/// What is asked for when an application is registered.
public struct ClientRegistration: Sendable {
    public var name: String
    public var kind: ClientKind
    public var redirectURIs: [String]
    public var launchURL: String?
    /// The most that it may ask for.
    public var scopes: String
    /// A JSON Web Key Set; excludes ``keySetURL``.
    public var keySet: [UInt8]?
    public var keySetURL: String?
    /// Whether its tokens are to be bound to the certificate of its connection (RFC 8705 §3.4).
    public var isCertificateBound: Bool

    /// A registration.
    public init(
        name: String, kind: ClientKind, redirectURIs: [String] = [], launchURL: String? = nil, scopes: String,
        keySet: [UInt8]? = nil, keySetURL: String? = nil, isCertificateBound: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.redirectURIs = redirectURIs
        self.launchURL = launchURL
        self.scopes = scopes
        self.keySet = keySet
        self.keySetURL = keySetURL
        self.isCertificateBound = isCertificateBound
    }

    /// Whether a character shows as itself: who reads a list of names decides by it, so none may move or hide what stands there.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    /// The client, if all of it is well formed.
    /// - Throws: ``ClientError`` that names what is not.
    func client(createdAt: Int64, status: ClientStatus) throws(ClientError) -> Client {
        guard (1...100).contains(name.count), name.unicodeScalars.allSatisfy(Self.isShown) else {
            throw ClientError(.nameInvalid)
        }
        guard redirectURIs.count <= 16, redirectURIs.allSatisfy(RedirectURI.isAcceptable) else {
            throw ClientError(.redirectInvalid)
        }
        guard (kind == .app) == !redirectURIs.isEmpty else { throw ClientError(.redirectNeeded) }
        guard launchURL.map(RedirectURI.isSecure) ?? true else { throw ClientError(.launchInvalid) }
        guard let wanted = GrantedScopes(scopes), !wanted.resources.isEmpty,
            wanted.names.count == Set(scopes.split(separator: " ")).count,
            wanted.resources.allSatisfy({ ($0.context == .system) == (kind == .backend) }),
            kind == .app || wanted.others.isEmpty
        else { throw ClientError(.scopesInvalid) }
        guard keySet == nil || keySetURL == nil, keySetURL.map(RedirectURI.isSecure) ?? true else {
            throw ClientError(.keysInvalid)
        }
        if let keySet { do { _ = try JSONWebKeySet(json: keySet) } catch { throw ClientError(.keysInvalid) } }
        guard kind == .app || keySet != nil || keySetURL != nil else { throw ClientError(.keysNeeded) }
        return Client(
            name: name, kind: kind, redirectURIs: redirectURIs, launchURL: launchURL, scopes: wanted.text,
            keySet: keySet.map { String(decoding: $0, as: UTF8.self) }, keySetURL: keySetURL,
            isCertificateBound: isCertificateBound, status: status, createdAt: createdAt)
    }
}

/// Addresses that a browser is sent to. Source: RFC 9700 §2.1, RFC 8252 §7.
enum RedirectURI {
    /// `https`, `http` on this machine itself, or a scheme of the app's own (`com.example.app:/…`); no fragment.
    static func isAcceptable(_ text: String) -> Bool {
        guard isPlain(text), let end = text.firstIndex(of: ":") else { return false }
        let scheme = text[..<end].lowercased()
        switch scheme {
        case "https": return isSecure(text)
        case "http": return isLoopback(text)
        default:
            return scheme.contains(".") && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-+".contains($0)) }
        }
    }

    /// `https` with a host, no credentials, no fragment.
    static func isSecure(_ text: String) -> Bool {
        guard isPlain(text), text.hasPrefix("https://") else { return false }
        let authority = text.dropFirst(8).prefix { $0 != "/" && $0 != "?" }
        return isHostAndPort(authority)
    }

    /// A host's name or address, and perhaps a port: nothing that a header of ours would take for anything else, such as `;`.
    /// Source: RFC 3986 §3.2.2, without the signs that no host on the net has.
    private static func isHostAndPort(_ authority: Substring) -> Bool {
        !authority.isEmpty && authority.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-.:[]_".utf8.contains(byte)
            }
        }
    }

    private static func isLoopback(_ text: String) -> Bool {
        let authority = text.dropFirst(7).prefix { $0 != "/" && $0 != "?" }
        guard text.hasPrefix("http://"), isHostAndPort(authority) else { return false }
        return ["127.0.0.1", "[::1]", "localhost"].contains { authority == $0 || authority.hasPrefix($0 + ":") }
    }

    private static func isPlain(_ text: String) -> Bool {
        (8...2_048).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"#\"<>\\^`{|}*".utf8.contains($0) }
    }

    /// The origin of a web address, for a page's policy; nil for others.
    static func origin(_ text: String) -> String? {
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), let slashes = text.range(of: "://") else { return nil }
        let authority = text[slashes.upperBound...].prefix { $0 != "/" && $0 != "?" }
        return isHostAndPort(authority) ? String(text[..<slashes.upperBound] + authority) : nil
    }
}
