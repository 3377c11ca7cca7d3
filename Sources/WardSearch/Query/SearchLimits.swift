/// Bounds of one query; past them it is refused.
public struct SearchLimits: Sendable {
    /// Parameters, repeated ones counted each.
    public var parameters: Int
    /// Values separated by commas, over the whole query.
    public var values: Int
    /// UTF-8 bytes of one parameter's value, commas included.
    public var valueBytes: Int
    /// UTF-8 bytes of a parameter's name with its modifier.
    public var nameBytes: Int

    /// Bounds; see the properties.
    public init(parameters: Int, values: Int, valueBytes: Int, nameBytes: Int) {
        self.parameters = parameters
        self.values = values
        self.valueBytes = valueBytes
        self.nameBytes = nameBytes
    }

    /// 40 parameters, 300 values, 16 KiB a value, 64 bytes a name.
    public static let standard = SearchLimits(parameters: 40, values: 300, valueBytes: 16_384, nameBytes: 64)
}
