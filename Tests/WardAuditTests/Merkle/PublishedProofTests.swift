import Foundation
import Testing
import WardAudit

/// The published proofs of transparency-dev/merkle (Apache-2.0), good and bad. Skipped where the shared test data is
/// not there.
@Suite struct PublishedProofTests {
    static let archive = (ProcessInfo.processInfo.environment["WARD_TEST_DATA"] ?? "../shared/data")
        + "/crypto/transparency-dev-merkle-testdata.tgz"
    static let isThere = FileManager.default.fileExists(atPath: archive)

    /// A number of the cases: unsigned there; those past the greatest signed one read as negative ones, which every
    /// check refuses.
    struct Count: Decodable {
        var value: Int64

        init(from decoder: any Decoder) throws {
            value = Int64(bitPattern: try decoder.singleValueContainer().decode(UInt64.self))
        }
    }

    struct Case: Decodable {
        var leafIdx: Count?
        var treeSize: Count?
        var size1: Count?
        var size2: Count?
        var start: Count?
        var end: Count?
        var size: Count?
        var root: String?
        var root1: String?
        var root2: String?
        var leafHash: String?
        var proof: [String]?
        var desc: String
        var wantErr: Bool
    }

    @Test(.enabled(if: isThere, "the shared test data is not there")) func everyPublishedProof() throws {
        let folder = try unpacked()
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var count = 0
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "json" else { continue }
            count += 1
            guard let example = try? JSONDecoder().decode(Case.self, from: Data(contentsOf: file)) else {
                Issue.record("unreadable case: \(file.lastPathComponent)")
                continue
            }
            let kind = file.pathComponents.drop { $0 != "testdata" }.dropFirst().first ?? ""
            #expect(holds(example, kind: kind) == !example.wantErr, "\(kind): \(example.desc)")
        }
        #expect(count >= 518)
    }

    private func holds(_ example: Case, kind: String) -> Bool {
        guard let proof = hashes(example.proof ?? []) else { return false }
        switch kind {
        case "inclusion", "subtreeinclusion":
            guard let leaf = hash(example.leafHash), let root = hash(example.root),
                let index = example.leafIdx?.value else { return false }
            if kind == "inclusion" {
                return MerkleProof.verifyInclusion(leaf: leaf, index: index, size: example.treeSize?.value ?? 0,
                    root: root, proof: proof)
            }
            guard let start = example.start?.value, let end = example.end?.value, start <= end else { return false }
            return MerkleProof.verifySubtreeInclusion(leaf: leaf, index: index, range: start..<end, hash: root,
                proof: proof)
        case "consistency":
            guard let first = hash(example.root1), let second = hash(example.root2) else { return false }
            return MerkleProof.verifyConsistency(
                first: example.size1?.value ?? 0, firstRoot: first, second: example.size2?.value ?? 0,
                secondRoot: second, proof: proof)
        case "subtreeconsistency":
            guard let first = hash(example.root1), let second = hash(example.root2),
                  let start = example.start?.value, let end = example.end?.value, start <= end else { return false }
            return MerkleProof.verifySubtree(start..<end, hash: first, size: example.size?.value ?? 0, root: second,
                proof: proof)
        default:
            Issue.record("unknown kind of case: \(kind)")
            return example.wantErr
        }
    }

    /// Some cases have words instead of hashes; a word stands for the hash of a leaf that holds it, an empty one for
    /// nothing.
    private func hash(_ text: String?) -> MerkleHash? {
        guard let data = text.flatMap({ Data(base64Encoded: $0) }), !data.isEmpty else { return nil }
        return MerkleHash(data) ?? .leaf(Array(data))
    }

    private func hashes(_ texts: [String]) -> [MerkleHash]? {
        let hashes = texts.compactMap(hash)
        return hashes.count == texts.count ? hashes : nil
    }

    private func unpacked() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-merkle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/bin/tar")
        tar.arguments = ["-xzf", Self.archive, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        return folder
    }
}
