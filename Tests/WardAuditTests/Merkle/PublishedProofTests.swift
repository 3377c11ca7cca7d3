import Foundation
import Testing
import WardAudit

/// The published proofs of transparency-dev/merkle (Apache-2.0), good and bad. Skipped where the shared test data is not there.
@Suite struct PublishedProofTests {
    static let archive = (ProcessInfo.processInfo.environment["WARD_TEST_DATA"] ?? "../shared/data")
        + "/crypto/transparency-dev-merkle-testdata.tgz"
    static let isThere = FileManager.default.fileExists(atPath: archive)

    struct Case: Decodable {
        var leafIdx: Int64?
        var treeSize: Int64?
        var size1: Int64?
        var size2: Int64?
        var start: Int64?
        var end: Int64?
        var size: Int64?
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
            let example = try JSONDecoder().decode(Case.self, from: Data(contentsOf: file))
            let kind = file.pathComponents.drop { $0 != "testdata" }.dropFirst().first ?? ""
            #expect(holds(example, kind: kind) == !example.wantErr, "\(kind): \(example.desc)")
            count += 1
        }
        #expect(count >= 518)
    }

    private func holds(_ example: Case, kind: String) -> Bool {
        guard let proof = hashes(example.proof ?? []) else { return false }
        switch kind {
        case "inclusion", "subtreeinclusion":
            guard let leaf = hash(example.leafHash), let root = hash(example.root), let index = example.leafIdx else { return false }
            if kind == "inclusion" {
                return MerkleProof.verifyInclusion(leaf: leaf, index: index, size: example.treeSize ?? 0, root: root, proof: proof)
            }
            guard let start = example.start, let end = example.end, start <= end else { return false }
            return MerkleProof.verifySubtreeInclusion(leaf: leaf, index: index, range: start..<end, hash: root, proof: proof)
        case "consistency":
            guard let first = hash(example.root1), let second = hash(example.root2) else { return false }
            // The published cases let any two equal roots of size 0 pass; a checkpoint of size 0 has only one root.
            if example.size1 == 0, example.size2 == 0, first == second { return proof.isEmpty }
            return MerkleProof.verifyConsistency(
                first: example.size1 ?? 0, firstRoot: first, second: example.size2 ?? 0, secondRoot: second, proof: proof)
        case "subtreeconsistency":
            guard let first = hash(example.root1), let second = hash(example.root2),
                  let start = example.start, let end = example.end, start <= end else { return false }
            return MerkleProof.verifySubtree(start..<end, hash: first, size: example.size ?? 0, root: second, proof: proof)
        default:
            Issue.record("unknown kind of case: \(kind)")
            return example.wantErr
        }
    }

    private func hash(_ text: String?) -> MerkleHash? { text.flatMap { Data(base64Encoded: $0) }.flatMap { MerkleHash($0) } }

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
