internal import WardDatabase
internal import WardFHIR

/// Puts the server's own facts into a resource: `id`, `meta.versionId`, `meta.lastUpdated`, and in a development home the security label
/// `HTEST`. Everything else stays as it was sent, digit by digit.
struct ResourceStamp: Sendable {
    /// Whether the label `HTEST` (test health data) is set; a production home refuses it instead.
    let labelsAsTest: Bool

    /// The resource in compact form with the facts set and the other edits applied.
    func stamped(
        _ resource: JSONNode, id: LogicalID, version: UInt64, updatedAt: Int64, edits: JSONEdits = JSONEdits()
    ) -> [UInt8] {
        var edits = edits
        edits.setMember(of: resource, name: "id", to: JSONWriter.quoted(id.text), after: "resourceType")
        let versionID = JSONWriter.quoted(String(version))
        let lastUpdated = JSONWriter.quoted(FHIRInstant.text(microseconds: updatedAt))
        if let meta = resource["meta"], meta.kind == .object {
            edits.setMember(of: meta, name: "versionId", to: versionID, after: nil)
            edits.setMember(of: meta, name: "lastUpdated", to: lastUpdated, after: "versionId")
            if labelsAsTest, !TestLabel.isOn(resource) { label(meta, &edits) }
        } else {
            var writer = JSONWriter(reserving: 160)
            writer.beginObject()
            writer.name("versionId")
            writer.raw(versionID)
            writer.name("lastUpdated")
            writer.raw(lastUpdated)
            if labelsAsTest {
                writer.name("security")
                writer.beginArray()
                writer.raw(TestLabel.json)
                writer.endArray()
            }
            writer.endObject()
            edits.setMember(of: resource, name: "meta", to: writer.bytes, after: "id")
        }
        return edits.serialize(resource)
    }

    private func label(_ meta: JSONNode, _ edits: inout JSONEdits) {
        var writer = JSONWriter(reserving: 160)
        writer.beginArray()
        if let present = meta["security"] {
            for label in present.elements { writer.node(label) }
        }
        writer.raw(TestLabel.json)
        writer.endArray()
        edits.setMember(of: meta, name: "security", to: writer.bytes, after: "lastUpdated")
    }
}
