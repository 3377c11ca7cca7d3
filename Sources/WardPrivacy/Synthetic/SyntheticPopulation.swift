/// Invented people with plausible records, for demonstrations and tests: valid FHIR R4, labelled `HTEST`, and the same for the same seed.
///
/// Nobody is behind them: names, dates and places come from short lists and random numbers.
///
/// ```swift
/// for bundle in SyntheticPopulation(seed: 7).bundles(count: 30) { … } // each a transaction of one patient
/// ```
public struct SyntheticPopulation: Sendable {
    private let seed: UInt64
    private let today: CalendarDay

    /// A population.
    /// - Parameter today: days since 1970-01-01 of the day up to which records reach; 2026-01-01 by default.
    public init(seed: UInt64, today: Int = 20_454) {
        self.seed = seed
        self.today = CalendarDay(number: today)
    }

    /// Transaction Bundles as compact JSON, one for each patient, made as they are asked for.
    public func bundles(count: Int) -> some Sequence<[UInt8]> {
        (0..<count).lazy.map { number in
            var random = SeededGenerator(seed: seed &+ UInt64(number) &* 0x1_0000_0001)
            return SyntheticPatient(number: number, today: today, random: &random).bundle(&random)
        }
    }
}
