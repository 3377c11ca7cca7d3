// swift-tools-version: 6.2
import PackageDescription

// The house: every module with the arrows that it may use. A tidy test reads this file and fails on an import that it does not declare.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

typealias Dependency = Target.Dependency
let log: Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Dependency = .product(name: "Metrics", package: "swift-metrics")
let crypto: Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let x509: Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let grdb: Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let lifecycle: Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let nio: Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioTLS: Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioHTTP1: Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioFoundation: Dependency = .product(name: "NIOFoundationCompat", package: "swift-nio")
let nioHTTPTypes: Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL: Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes: Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let httpClient: Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let arguments: Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Dependency = .product(name: "Configuration", package: "swift-configuration")
let yams: Dependency = .product(name: "Yams", package: "Yams")
let hummingbird: [Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "HummingbirdTLS", package: "hummingbird"),
    .product(name: "HummingbirdHTTP2", package: "hummingbird"),
]
let wire: [Dependency] = [nio, nioPosix, nioTLS, nioHTTP1, nioHTTPTypes, nioSSL, httpTypes] + hummingbird

/// A library module of the house.
func module(_ name: String, _ dependencies: [Dependency], _ packages: [Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies + packages, swiftSettings: settings)
}

/// A program.
func tool(_ name: String, _ dependencies: [Dependency], _ packages: [Dependency] = []) -> Target {
    .executableTarget(name: name, dependencies: dependencies + packages, swiftSettings: settings)
}

/// Tests; those of a module are named after it.
func tests(_ name: String, _ dependencies: [Dependency], _ packages: [Dependency] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies + packages, swiftSettings: settings)
}

let package = Package(
    name: "ward",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "ward", targets: ["ward"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CDefinitions", exclude: ["definitions.bin"]),
        .target(name: "CPasswords", exclude: ["passwords.bin"]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CPKCS11", providers: [.apt(["libp11-kit-dev"])]),

        module("WardSystem", []),
        module("WardPHI", ["WardSystem"], [log]),
        module("WardFHIR", ["CDefinitions"]),
        module("WardKeys", ["WardSystem", "COpenSSL"], [crypto, cryptoExtras]),
        module(
            "WardKeyProviders", ["WardKeys", "CPKCS11"],
            [crypto, httpClient, nio, nioHTTP1, nioSSL]),
        module("WardDatabase", ["WardSystem"]),
        module("WardSQLite", ["WardDatabase", "WardSystem"], [grdb, sqlite]),
        module("WardVault", ["WardDatabase", "WardKeys", "CZstd"], [crypto]),
        module("WardSearch", ["WardFHIR", "WardVault"]),
        module("WardAudit", ["WardDatabase", "WardKeys", "WardPHI", "WardSystem"], [crypto, log, lifecycle, metrics]),
        module(
            "WardIdentity", ["WardVault", "WardDatabase", "WardKeys", "WardPHI", "WardAudit", "WardFHIR", "CPasswords"],
            [crypto, cryptoExtras, log, x509, asn1]),
        module("WardAccess", ["WardIdentity", "WardFHIR", "WardDatabase"]),
        module(
            "WardRecords",
            ["WardFHIR", "WardVault", "WardSearch", "WardAudit", "WardAccess", "WardIdentity", "WardKeys", "WardPHI", "WardDatabase"],
            [crypto, log, metrics]),
        module("WardPrivacy", ["WardFHIR"]),
        module(
            "WardHTTP", ["WardRecords", "WardAccess", "WardIdentity", "WardAudit", "WardFHIR", "WardPHI"],
            [log, metrics, lifecycle, signals, x509, asn1, crypto] + wire),
        module(
            "WardTesting", ["WardDatabase", "WardVault", "WardKeys", "WardPHI"],
            [x509, asn1, crypto, nio, nioPosix, nioHTTP1, nioSSL]),

        tool(
            "ward",
            [
                "WardHTTP", "WardRecords", "WardPrivacy", "WardSQLite", "WardVault", "WardSearch", "WardAudit", "WardAccess",
                "WardIdentity", "WardKeys", "WardKeyProviders", "WardFHIR", "WardPHI", "WardDatabase", "WardSystem", "CQREncode",
            ],
            [
                arguments, configuration, yams, httpClient, log, lifecycle, metrics, crypto, nio, nioPosix, nioHTTP1,
                nioFoundation, nioSSL,
            ]),
        tool("ward-definitions", ["WardFHIR"]),
        tool("ward-passwords", ["WardIdentity"]),
        tool(
            "ward-bench",
            [
                "WardFHIR", "WardIdentity", "WardPrivacy", "WardAudit", "WardDatabase", "WardSQLite", "WardTesting", "WardKeys",
                "WardVault", "WardSearch", "WardRecords", "COpenSSL",
            ],
            [arguments, httpClient, crypto, grdb, log, nio, nioPosix, nioTLS, nioHTTP1, nioFoundation, nioSSL] + hummingbird),

        tests("WardSystemTests", ["WardSystem"]),
        tests("WardPHITests", ["WardPHI", "WardTesting"], [log]),
        tests("WardFHIRTests", ["WardFHIR", "WardTesting"]),
        tests("WardKeysTests", ["WardKeys", "WardDatabase", "WardTesting"], [crypto, cryptoExtras]),
        tests("WardKeyProvidersTests", ["WardKeyProviders", "WardKeys", "WardTesting"], [crypto, httpClient]),
        tests("WardSQLiteTests", ["WardSQLite", "WardDatabase", "WardTesting"]),
        tests("WardVaultTests", ["WardVault", "WardDatabase", "WardKeys", "WardSQLite", "WardTesting"], [crypto]),
        tests("WardAuditTests", ["WardAudit", "WardDatabase", "WardKeys", "WardSQLite", "WardTesting"], [crypto, grdb, lifecycle, log]),
        tests("WardSearchTests", ["WardSearch", "WardFHIR", "WardVault", "WardTesting"]),
        tests("WardIdentityTests", ["WardIdentity", "WardTesting"], [crypto]),
        tests("WardAccessTests", ["WardAccess", "WardTesting"]),
        tests(
            "WardRecordsTests",
            [
                "WardRecords", "WardSQLite", "WardVault", "WardSearch", "WardAudit", "WardAccess", "WardIdentity", "WardKeys",
                "WardFHIR", "WardDatabase", "WardTesting",
            ], [crypto, grdb, log]),
        tests("WardHTTPTests", ["WardHTTP", "WardTesting"], [httpClient, log, metrics, lifecycle, crypto] + wire),
        tests("WardPrivacyTests", ["WardPrivacy", "WardFHIR"]),
        tests("TidyTests", []),
    ]
)
