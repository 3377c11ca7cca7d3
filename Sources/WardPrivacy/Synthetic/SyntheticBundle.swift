internal import WardFHIR

/// A transaction Bundle that is being written.
struct SyntheticBundle {
    private var writer = JSONWriter(reserving: 65_536)

    init() {
        writer.beginObject()
        writer.name("resourceType")
        writer.string("Bundle")
        writer.name("type")
        writer.string("transaction")
        writer.name("entry")
        writer.beginArray()
    }

    /// Adds a resource to be created, only where nothing matches `criteria` if given.
    mutating func add(_ type: String, _ urn: String, _ resource: [UInt8], ifNoneExist criteria: String? = nil) {
        writer.beginObject()
        writer.name("fullUrl")
        writer.string(urn)
        writer.name("resource")
        writer.raw(resource)
        writer.name("request")
        writer.beginObject()
        writer.name("method")
        writer.string("POST")
        writer.name("url")
        writer.string(type)
        if let criteria {
            writer.name("ifNoneExist")
            writer.string(criteria)
        }
        writer.endObject()
        writer.endObject()
    }

    mutating func finish() -> [UInt8] {
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
