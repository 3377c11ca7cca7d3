internal import WardSearch

extension WardConfiguration {
    /// Which parameters the index is to have: the standard list with the changes of `index.parameters`.
    /// - Throws: ``ConfigurationError`` that names the word.
    func indexPolicy() throws(ConfigurationError) -> IndexPolicy {
        do throws(IndexPolicyError) {
            return try IndexPolicy.configured(
                text("index.parameters") ?? "", catalog: .r4, types: FHIRDefinitionsTypes.stored)
        } catch {
            throw ConfigurationError("index.parameters: \(error.description)")
        }
    }

    /// In how many parts the population tokens of patients are to be split.
    var indexPartitions: UInt8 { UInt8(clamping: whole("index.partitions")) }
}
