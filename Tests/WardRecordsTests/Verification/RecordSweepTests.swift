import Foundation
import Testing
import WardAudit
import WardDatabase
import WardRecords
import WardTesting

/// A verification in steps, each by another process as it were, finds what one in a go finds, and no more.
@Suite struct RecordSweepTests {
    /// Runs to the end; between two steps the state is written and read again, and `between` runs.
    private func sweep(
        _ verifier: RecordVerifier, rows: Int = 3, between: (Int) async throws -> Void = { _ in }
    ) async throws -> SweepState {
        var state = try await RecordSweep(verifier).begin()
        var steps = 0
        while !state.isFinished {
            state = try await RecordSweep(verifier).step(state, rows: rows)
            state = try JSONDecoder().decode(SweepState.self, from: JSONEncoder().encode(state))
            steps += 1
            #expect(steps < 10_000, "it comes to an end")
            try await between(steps)
        }
        return state
    }

    private func filled(_ patients: Int = 10) async throws -> Ward {
        let ward = try await Ward()
        for _ in 0..<patients {
            let patient = try await ward.create(Text.patient)
            _ = try await ward.create(Text.observation(of: patient))
            let text = #"{"resourceType":"Patient","id":"\#(patient.dropFirst("Patient/".count))"}"#
            #expect(try await ward.send("PUT", patient, text).status == 200)
        }
        return ward
    }

    @Test func nothingIsWrong() async throws {
        let ward = try await filled()
        try await ward.relay()
        let found = try await sweep(ward.verifier())
        #expect(found.faults.map(\.description) == [])
        #expect(found.versions == 30)
        #expect(found.events == 30)
        #expect(found.work >= found.versions)
    }

    @Test func besideWriters() async throws {
        let ward = try await filled(4)
        let found = try await sweep(ward.verifier(), rows: 2) { step in
            let patient = try await ward.create(Text.patient)
            let text = #"{"resourceType":"Patient","id":"\#(patient.dropFirst("Patient/".count))"}"#
            #expect(try await ward.send("PUT", patient, text).status == 200)
            if step.isMultiple(of: 3) { try await ward.relay() }
        }
        #expect(found.faults.map(\.description) == [])
        #expect(found.versions == 12, "what was written after it began is for the next time")
    }

    @Test func whatTheLogDoesNotTell() async throws {
        let ward = try await filled(3)
        try await ward.relay()
        let log = try ward.emptyLog()
        let found = try await sweep(ward.verifier(reading: log))
        #expect(Set(found.faults.map(\.kind)) == [.inserted])
        #expect(found.faultCount == 9)
        let whole = try await ward.verify(reading: log)
        #expect(Set(whole.faults) == Set(found.faults), "the same faults as in one go")
        let sampled = try await ward.verifier(reading: log).verify(.sample(1))
        #expect(!sampled.faults.isEmpty && Set(sampled.faults).isSubset(of: whole.faults))
    }

    @Test func partsOfTheRecords() async throws {
        let ward = try await filled()
        try await ward.relay()
        let verifier = try ward.verifier()
        let all = try await verifier.verify(.sample(1_000_000))
        #expect(all.versions == 30 && all.isWhole)
        let some = try await verifier.verify(.sample(10))
        #expect((1...12).contains(some.versions) && some.isWhole)
        let now = SystemWallClock().now()
        let none = try await verifier.verify(.since(now + 1_000_000))
        #expect(none.versions == 0 && none.isWhole)
        let later = try await ward.create(Text.patient)
        try await ward.relay()
        let newest = try await verifier.verify(.since(now))
        #expect((1...30).contains(newest.versions) && newest.isWhole, "\(later) is among them")
        let since = try await verifier.verify(.since(0))
        #expect(since.versions == 31 && since.isWhole)
    }

    @Test func keysThatNothingNeeds() async throws {
        let ward = try await filled(2)
        try await ward.relay()
        let patient = try await ward.sealOnly()
        #expect(try await ward.verifier().verify().unusedKeys == [], "a young key may be waiting for its first version")
        let later = FixedClock(SystemWallClock().now() + 7_200_000_000)
        let whole = try await ward.verifier(clock: later).verify()
        #expect(whole.unusedKeys == ["Patient/\(patient)/key/1"])
        #expect(whole.isWhole, "an unused key endangers nothing")
        let found = try await sweep(ward.verifier(clock: later))
        #expect(found.unusedKeys == whole.unusedKeys && found.unusedKeyCount == 1)
    }
}
