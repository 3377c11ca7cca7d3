import Testing
import WardAudit

@Suite struct LogTimeTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("2026-01-31", 1_769_817_600_000_000), ("2026-01-31T00:00:00Z", 1_769_817_600_000_000),
        ("2026-01-31T01:00:00+01:00", 1_769_817_600_000_000), ("2026-01-30T19:00:00.5-05:00", 1_769_817_600_500_000),
        ("2024-02-29T23:59:59.123456Z", 1_709_251_199_123_456),
    ] as [(String, Int64)])
    func timesAreRead(text: String, microseconds: Int64) {
        #expect(LogTime.microseconds(text) == microseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-02-30", "2025-02-29", "2026-13-01", "2026-1-1", "2026-01-01T", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00+1", "1969-12-31",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(LogTime.microseconds(text) == nil)
    }

    @Test func whatIsWrittenIsReadBack() {
        for time in stride(from: Int64(0), to: 4_000_000_000_000_000, by: 37_123_456_789_012) {
            #expect(LogTime.microseconds(LogTime.text(time)) == time)
        }
    }
}
