import Crypto
import Foundation
import Testing
@testable import WardAudit

@Suite struct CosignatureTests {
    /// The example of C2SP tlog-cosignature: an Ed25519 cosignature of 2023-05-14T11:45:31Z by a witness named
    /// `witness.example.com/w1`.
    static let note = """
        example.com/behind-the-sofa
        20852163
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
        \u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==

        """

    @Test func thePublishedExampleIsReadWithBothItsLines() throws {
        let signed = try SignedCheckpoint(parsing: Array(Self.note.utf8))
        #expect(signed.checkpoint.size == 20_852_163)
        #expect(signed.signatures.map(\.name) == ["example.com/behind-the-sofa", "witness.example.com/w1"])
        let cosignature = signed.signatures[1].bytes
        #expect(cosignature.count == 72)
        #expect(cosignature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } == 1_679_315_147)
    }

    @Test func theMessageIsThePublishedOne() throws {
        let signed = try SignedCheckpoint(parsing: Array(Self.note.utf8))
        #expect(String(decoding: Cosignature.message(1_679_315_147, signed), as: UTF8.self) == """
            cosignature/v1
            time 1679315147
            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            """)
    }

    @Test func aCosignatureHoldsForItsKeyNameAndBodyOnly() throws {
        let log = try CheckpointSigner(privateKey: [UInt8](repeating: 7, count: 32))
        let signer = try CheckpointSigner(privateKey: [UInt8](repeating: 9, count: 32))
        let key = try WitnessKey(name: "witness.example/w1", publicKey: signer.publicKey)
        let signed = try SignedCheckpoint(
            signing: Checkpoint(origin: "audit.test/main/2026", size: 3, root: .leaf([1])), with: log)
        let line = try Cosignature.make(of: signed, time: 1_800_000_000, signer: signer).line(of: key)
        let cosigned = try signed.adding(Array(line.utf8))
        #expect(cosigned.cosignature(by: key)?.time == 1_800_000_000)
        #expect(cosigned.isSigned(by: log.publicKey), "the log's own signature stays")
        #expect(signed.cosignature(by: key) == nil)
        #expect(cosigned.cosignature(by: try WitnessKey(name: "other", publicKey: signer.publicKey)) == nil)
        #expect(cosigned.cosignature(by: try WitnessKey(name: key.name, publicKey: log.publicKey)) == nil)
        let other = try SignedCheckpoint(
            signing: Checkpoint(origin: "audit.test/main/2026", size: 4, root: .leaf([1])), with: log)
        #expect(try other.adding(Array(line.utf8)).cosignature(by: key) == nil)
    }

    @Test func keysReadBackAndOthersAreRefused() throws {
        let key = try WitnessKey(name: "witness.example/w1", publicKey: [UInt8](repeating: 3, count: 32))
        #expect(try WitnessKey(parsing: key.description) == key)
        let log = CheckpointKey(name: "audit.test/main/2026", publicKey: [UInt8](repeating: 3, count: 32))
        #expect(try CheckpointKey(parsing: log.description) == log)
        #expect(throws: AuditError.self) { try WitnessKey(parsing: log.description) }
        #expect(throws: AuditError.self) { try CheckpointKey(parsing: key.description) }
        for text in ["", "a", "a+b", "a+00000000+AAAA", key.description.replacing("w1", with: "w2"), key.description + "A"] {
            #expect(throws: AuditError.self) { try WitnessKey(parsing: text) }
        }
        for name in ["", "a b", "a+b", "a\nb"] {
            #expect(throws: AuditError.self) { try WitnessKey(name: name, publicKey: key.publicKey) }
        }
    }
}
