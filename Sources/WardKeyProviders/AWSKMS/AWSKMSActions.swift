internal import Foundation

/// Bodies of requests and answers, member by member as the API names them; blobs are base64.
enum AWSKMSAction {
    struct Key: Codable, Sendable {
        var KeyId: String
    }

    struct Description: Decodable {
        var KeyMetadata: Metadata
    }

    struct Metadata: Decodable {
        var Arn: String
        var Enabled: Bool?
        var KeyUsage: String?
        var KeySpec: String?
        /// Seconds since 1970-01-01T00:00:00Z.
        var CreationDate: Double?
    }

    struct Generate: Encodable, Sendable {
        var EncryptionContext: [String: String]
        var KeyId: String
        var KeySpec: String
    }

    struct Generated: Decodable {
        var CiphertextBlob: Data
        var Plaintext: Data
    }

    struct Encrypt: Encodable, Sendable {
        var EncryptionContext: [String: String]
        var KeyId: String
        var Plaintext: Data
    }

    struct Ciphertext: Decodable {
        var CiphertextBlob: Data
    }

    struct Decrypt: Encodable, Sendable {
        var CiphertextBlob: Data
        var EncryptionContext: [String: String]
        var KeyId: String
    }

    struct Plaintext: Decodable {
        var Plaintext: Data
    }

    struct ReEncrypt: Encodable, Sendable {
        var CiphertextBlob: Data
        var DestinationEncryptionContext: [String: String]
        var DestinationKeyId: String
        var SourceEncryptionContext: [String: String]
        var SourceKeyId: String
    }

    struct ListRotations: Encodable, Sendable {
        var KeyId: String
        var Marker: String?
    }

    struct Rotations: Decodable {
        var Rotations: [Rotation]?
        var Truncated: Bool?
        var NextMarker: String?
    }

    struct Rotation: Decodable {
        /// Seconds since 1970-01-01T00:00:00Z.
        var RotationDate: Double?
    }
}
