// swift-tools-version: 6.2
import PackageDescription
import Foundation

// TEMPORARY while modules land: a target is declared once its folder exists.
func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + path) }

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let niossl: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbird: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "HummingbirdTLS", package: "hummingbird"),
    .product(name: "HummingbirdHTTP2", package: "hummingbird"),
]
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")

struct Module { var name: String; var dependencies: [Target.Dependency] }
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Module { Module(name: name, dependencies: dependencies) }

let modules: [Module] = [
    module("WardPHI", [log]),
    module("WardFHIR", ["CDefinitions"]),
    module("WardKeys", [crypto, cryptoExtras]),
    module("WardDatabase"),
    module("WardSQLite", ["WardDatabase", grdb, .product(name: "GRDBSQLite", package: "GRDB.swift")]),
    module("WardVault", ["WardDatabase", "WardKeys", "CZstd", crypto]),
    module("WardSearch", ["WardFHIR", "WardVault"]),
    module("WardAudit", ["WardDatabase", "WardKeys", "WardPHI", crypto, log, lifecycle, metrics]),
    module("WardIdentity", ["WardVault", "WardKeys", "WardPHI", "WardAudit", crypto, cryptoExtras, log]),
    module("WardAccess", ["WardIdentity", "WardFHIR"]),
    module("WardRecords", ["WardFHIR", "WardVault", "WardSearch", "WardAudit", "WardAccess", "WardIdentity", "WardKeys", "WardPHI", log, metrics]),
    module("WardPrivacy", ["WardFHIR"]),
    module("WardHTTP", ["WardRecords", "WardAccess", "WardIdentity", "WardAudit", "WardFHIR", "WardPHI",
        log, metrics, lifecycle, signals, x509, asn1, crypto, nio, nioPosix, nioTLS, nioHTTPTypes, niossl, httpTypes] + hummingbird),
    module("WardTesting", ["WardDatabase", "WardVault", "WardKeys", "WardPHI", x509, asn1, crypto]),
]
let executables: [Module] = [
    module("ward", ["WardHTTP", "WardRecords", "WardPrivacy", "WardSQLite", "WardVault", "WardSearch", "WardAudit", "WardAccess", "WardIdentity", "WardKeys",
        "WardFHIR", "WardPHI", "WardDatabase", arguments, configuration, yams, httpClient, log, lifecycle, metrics, x509, crypto, nio, nioPosix, niossl, asn1]),
    module("ward-definitions", ["WardFHIR"]),
    module("ward-bench", ["WardSQLite", "WardKeys", "WardFHIR", "WardAudit", "WardDatabase", arguments, crypto, httpClient, nio, nioPosix, niossl, grdb] + hummingbird),
]
let wire: [Target.Dependency] = [httpClient, nioHTTP1, log, metrics, lifecycle, crypto, nio, nioPosix, niossl, httpTypes] + hummingbird
let own: [String: [Target.Dependency]] = [
    "WardPHI": [log], "WardHTTP": wire, "WardKeys": [crypto, cryptoExtras, "WardDatabase"], "WardSQLite": ["WardDatabase"],
    "WardVault": ["WardDatabase", "WardKeys", "WardSQLite", crypto],
]
let tests: [Module] = modules.map {
    module($0.name + "Tests", [.init(stringLiteral: $0.name), "WardTesting"] + (own[$0.name] ?? []))
} + [
    module("EndpointTests", ["WardTesting", httpClient, subprocess, crypto]),
    module("CrashTests", ["WardTesting", httpClient, subprocess]),
    module("TidyTests"),
]

let present = Set((modules + executables).map(\.name).filter { exists("Sources/\($0)") } + ["CDefinitions", "CZstd"].filter { exists("Sources/\($0)") })
func known(_ dependencies: [Target.Dependency]) -> [Target.Dependency] {
    dependencies.filter { if case .byNameItem(let name, _) = $0 { present.contains(name) } else { true } }
}

let package = Package(
    name: "ward",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets:
        (exists("Sources/CDefinitions") ? [.target(name: "CDefinitions", exclude: ["definitions.bin"])] : [])
        + (exists("Sources/CZstd") ? [.systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])])] : [])
        + modules.filter { present.contains($0.name) }.map { .target(name: $0.name, dependencies: known($0.dependencies), swiftSettings: settings) }
        + executables.filter { present.contains($0.name) }.map { .executableTarget(name: $0.name, dependencies: known($0.dependencies), swiftSettings: settings) }
        + tests.filter { exists("Tests/\($0.name)") }.map { .testTarget(name: $0.name, dependencies: known($0.dependencies), swiftSettings: settings) }
)
