internal import Foundation
internal import WardAudit

/// Where `ward audit verify` gets a witness's word from: a file, or the witness itself.
struct WitnessSource {
    private let place: String
    private let key: WitnessKey
    private let authority: String?

    /// Checkpoints that the witness vouches for, and what is wrong with its word.
    struct Found {
        var vouched: [SignedCheckpoint] = []
        var faults: [VerificationResult.FaultLine] = []
    }

    init(_ place: String, key: String?, authority: String?, configuration: WardConfiguration) throws {
        guard let text = key ?? configuration.text("audit.witness_key") else {
            throw Failure("--witness needs --witness-key, or audit.witness_key in ward.yaml: whose word is it?")
        }
        self.place = place
        self.key = try WitnessKey(parsing: text)
        self.authority = authority ?? configuration.text("audit.witness_authority")
    }

    /// What the witness holds of these books.
    func checkpoints(_ origins: [String]) async throws -> Found {
        var found = Found()
        if place.hasPrefix("https://") {
            let client = try WitnessClient(address: place, authority: authority)
            do {
                for origin in origins {
                    if let note = try await client.newest(of: origin) { take(note, into: &found) }
                }
            } catch {
                await client.close()
                throw (error as? Failure) ?? Failure("the witness at \(place) cannot be reached, or its certificate is not trusted")
            }
            await client.close()
            if found.vouched.isEmpty && found.faults.isEmpty { throw Failure("the witness holds no checkpoint of this log") }
        } else {
            guard !place.contains("://") else { throw Failure("\(place): a witness is asked over https://") }
            guard FileManager.default.fileExists(atPath: place) else { throw Failure("\(place): there is no such file") }
            guard let data = FileManager.default.contents(atPath: place), data.count <= 1 << 16 else {
                throw Failure("\(place): cannot be read as a cosigned checkpoint")
            }
            take(Array(data), into: &found)
        }
        return found
    }

    private func take(_ note: [UInt8], into found: inout Found) {
        guard let checkpoint = try? SignedCheckpoint(parsing: note), checkpoint.cosignature(by: key) != nil else {
            found.faults.append(.init(
                kind: "signature", place: "witness", what: "what is given as the witness's checkpoint is not cosigned by its key"))
            return
        }
        found.vouched.append(checkpoint)
    }
}
