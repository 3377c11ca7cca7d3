internal import ArgumentParser
internal import WardAudit
internal import WardHTTP

/// `ward audit events`: what is written to the log, by route and command.
struct AuditEvents: AuditedCommand {
    static let events: [EventPromise] = []
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "List every route and command with the events that it writes to the log. Needs no home.")
    @Flag(help: "As a table in Markdown, as it stands in docs/safeguards/audit.md.") var markdown = false
    @OptionGroup var form: OutputOptions

    private struct Place: Encodable {
        var place: String
        var events: [Event]
    }

    private struct Event: Encodable {
        var kind: String
        var when: String
    }

    mutating func run() async throws {
        let places = try Endpoint.places + AuditedPlace.commands() + AuditedPlace.byItself
        try form.print(
            places.map { place in
                Place(place: place.name, events: place.events.map { Event(kind: $0.kind.description, when: $0.moment) })
            },
            text: markdown ? Self.table(places) : Self.list(places))
    }

    private static func list(_ places: [AuditedPlace]) -> String {
        places.map { place in
            ([place.name] + (place.events.isEmpty ? ["    nothing"] : place.events.map { "    \($0.kind): \($0.moment)" }))
                .joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func table(_ places: [AuditedPlace]) -> String {
        let rows = places.flatMap { place in
            place.events.isEmpty
                ? ["| \(place.name) | | nothing |"]
                : place.events.enumerated().map { index, event in
                    "| \(index == 0 ? place.name : "") | `\(event.kind)` | \(event.moment) |"
                }
        }
        return (["| Where | Event | When |", "| --- | --- | --- |"] + rows).joined(separator: "\n")
    }
}
