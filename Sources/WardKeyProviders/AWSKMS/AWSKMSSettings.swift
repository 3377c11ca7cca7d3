/// Which key of AWS KMS is the root, and how its service is reached.
public struct AWSKMSSettings: Sendable, Equatable {
    /// Such as `eu-central-1`.
    public var region: String
    /// The key's id, ARN or alias.
    public var key: String
    /// The address of the service; nil: that of the region. It must begin with `https://`.
    public var endpoint: String?
    /// PEM file of the authority that the service's certificate must come from; nil: the system's.
    public var authorityFile: String?
    /// Where credentials come from.
    public var credentials: Credentials

    /// Sources of credentials.
    public enum Credentials: Sendable, Equatable {
        /// A file in the form of `~/.aws/credentials` that only its owner can read; its profile `default`.
        case file(String)
        /// The role of the EC2 instance, by its metadata service, version 2.
        case instance
    }

    /// Settings; see the properties.
    public init(
        region: String, key: String, endpoint: String? = nil, authorityFile: String? = nil, credentials: Credentials
    ) {
        self.region = region
        self.key = key
        self.endpoint = endpoint
        self.authorityFile = authorityFile
        self.credentials = credentials
    }
}
