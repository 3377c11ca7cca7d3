import Logging
import Synchronization
import Testing
import WardPHI

/// Keeps lines in memory.
final class LinesSink: LogSink {
    private let state = Mutex<[String]>([])
    func write(_ line: [UInt8]) { state.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
    var lines: [String] { state.withLock { $0 } }
}

@Suite struct RedactingLogHandlerTests {
    let sink = LinesSink()

    func logger(_ label: String, _ format: LogFormat = .json, policy: LogPolicy = .standard) -> Logger {
        Logger(label: label) { [sink] in
            RedactingLogHandler(
                label: $0, format: format, level: .trace, policy: policy, sink: sink, now: { 1_769_846_709_120_000 })
        }
    }

    @Test func writesTimeLevelLabelMessageAndAllowedMetadata() {
        logger("ward.http").info("request", metadata: ["status": "200", "request_id": "abc", "url": "/fhir?name=Ada"])
        #expect(sink.lines == [
            #"{"time":"2026-01-31T08:05:09.120Z","level":"info","label":"ward.http","message":"request","#
                + #""request_id":"abc","status":"200"}"# + "\n"
        ])
    }

    @Test func writesText() {
        logger("ward", .text).warning("two words", metadata: ["reason": "a b", "count": .stringConvertible(3)])
        #expect(sink.lines == ["2026-01-31T08:05:09.120Z warning ward message=\"two words\" count=3 reason=\"a b\"\n"])
    }

    @Test func reducesOtherLibrariesToLabelAndLevel() {
        logger("hummingbird").error("failed on /fhir/Patient?name=CANARY", metadata: ["status": "CANARY"])
        logger("warden").error("CANARY")
        #expect(sink.lines.allSatisfy { !$0.contains("CANARY") && !$0.contains("message") })
        let bare = #"{"time":"2026-01-31T08:05:09.120Z","level":"error","label":"hummingbird"}"#
        #expect(sink.lines[0] == bare + "\n")
    }

    @Test func noCanaryPassesByAnyWay() {
        struct Loud: Error, CustomStringConvertible { var description: String { "CANARY" } }
        enum Carrying: Error { case failed(String) }
        struct Coded: Error { enum Code { case full }; var code = Code.full; var context = "CANARY" }
        for format in LogFormat.allCases {
            var log = logger("ward.records", format)
            log[metadataKey: "patient"] = "CANARY"
            log.error(
                "failed", error: Loud(),
                metadata: [
                    "query": "CANARY", "error": .stringConvertible(Protected("CANARY")),
                    "reason": .stringConvertible(Talkative()),
                ])
            log.error("failed", error: Carrying.failed("CANARY"))
            log.error("failed", error: Coded(), metadata: ["count": ["CANARY"], "reason": ["CANARY": "CANARY"]])
            logger("grdb", format).critical("CANARY", error: Carrying.failed("CANARY"), metadata: ["error": "CANARY"])
        }
        #expect(sink.lines.count == 8)
        #expect(!sink.lines.joined().contains("CANARY"))
        #expect(sink.lines[1].contains(#""error":"Carrying.failed""#))
        #expect(sink.lines[2].contains(#""error":"Coded.full""#))
    }

    @Test func boundsAndEscapesALine() {
        var policy = LogPolicy.standard
        policy.maximumLineBytes = 400
        policy.maximumValueBytes = 150
        let long = String(repeating: "x", count: 5_000)
        for format in LogFormat.allCases {
            logger("ward", format, policy: policy)
                .info("\(long)", metadata: ["reason": "\(long)", "check": "a\nb\u{1B}[2J\"", "code": "\(long)"])
        }
        for line in sink.lines {
            #expect(line.utf8.count <= 400)
            #expect(line.utf8.dropLast().allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            #expect(line.contains("truncated"))
        }
    }
}

/// An object that says more than it should.
private struct Talkative: CustomStringConvertible, Sendable {
    var description: String { "CANARY" }
}
