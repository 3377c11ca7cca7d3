internal import WardFHIR

/// Writes one synthetic resource: what all of them have, and short forms of what many have.
struct ResourceWriter {
    private var writer = JSONWriter(reserving: 1_024)

    /// Begins a resource, labelled as test health data (`HTEST`).
    init(_ type: String) {
        writer.beginObject()
        text("resourceType", type)
        writer.name("meta")
        writer.beginObject()
        writer.name("security")
        writer.beginArray()
        coding(SyntheticCode(system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: "HTEST", display: "test health data"))
        writer.endArray()
        writer.endObject()
    }

    mutating func text(_ name: String, _ value: String) {
        writer.name(name)
        writer.string(value)
    }

    mutating func object(_ name: String, _ body: (inout ResourceWriter) -> Void) {
        writer.name(name)
        writer.beginObject()
        body(&self)
        writer.endObject()
    }

    /// An array of one object.
    mutating func one(_ name: String, _ body: (inout ResourceWriter) -> Void) { list(name, 1) { writer, _ in body(&writer) } }

    /// An array of objects.
    mutating func list(_ name: String, _ count: Int, _ body: (inout ResourceWriter, Int) -> Void) {
        writer.name(name)
        writer.beginArray()
        for index in 0..<count {
            writer.beginObject()
            body(&self, index)
            writer.endObject()
        }
        writer.endArray()
    }

    mutating func texts(_ name: String, _ values: [String]) {
        writer.name(name)
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
    }

    mutating func reference(_ name: String, _ target: String) { object(name) { $0.text("reference", target) } }

    /// A CodeableConcept of one coding.
    mutating func concept(_ name: String, _ code: SyntheticCode) { object(name) { $0.codings(code) } }

    /// An array of one CodeableConcept.
    mutating func concepts(_ name: String, _ code: SyntheticCode) { one(name) { $0.codings(code) } }

    /// A Quantity in UCUM; the value in tenths.
    mutating func quantity(_ name: String, tenths: Int, unit: String) {
        object(name) { writer in
            writer.writer.name("value")
            writer.writer.raw(Array("\(tenths / 10).\(tenths % 10)".utf8))
            writer.text("unit", unit)
            writer.text("system", "http://unitsofmeasure.org")
            writer.text("code", unit)
        }
    }

    /// The resource, whole.
    mutating func finish() -> [UInt8] {
        writer.endObject()
        return writer.bytes
    }

    private mutating func codings(_ code: SyntheticCode) {
        writer.name("coding")
        writer.beginArray()
        coding(code)
        writer.endArray()
        text("text", code.display)
    }

    private mutating func coding(_ code: SyntheticCode) {
        writer.beginObject()
        text("system", code.system)
        text("code", code.code)
        text("display", code.display)
        writer.endObject()
    }
}
