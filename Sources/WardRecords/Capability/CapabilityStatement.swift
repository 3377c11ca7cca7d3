internal import WardFHIR
internal import WardSearch

/// What this server can do, and nothing that it cannot. Source: https://hl7.org/fhir/R4/capabilitystatement.html
struct CapabilityStatement: Sendable {
    let catalog: SearchCatalog
    let definitions: FHIRDefinitions

    /// The resource as JSON.
    func serialized(baseURL: String) -> [UInt8] {
        var writer = JSONWriter(reserving: 1 << 19)
        writer.beginObject()
        member("resourceType", "CapabilityStatement", &writer)
        member("status", "active", &writer)
        member("date", "2026-11-21", &writer)
        member("kind", "instance", &writer)
        writer.name("software")
        writer.beginObject()
        member("name", "Ward", &writer)
        writer.endObject()
        writer.name("implementation")
        writer.beginObject()
        member("description", "Ward, a home for health records", &writer)
        member("url", baseURL, &writer)
        writer.endObject()
        member("fhirVersion", "4.0.1", &writer)
        list("format", ["application/fhir+json", "json"], &writer)
        writer.name("rest")
        writer.beginArray()
        writer.beginObject()
        member("mode", "server", &writer)
        security(baseURL, &writer)
        writer.name("resource")
        writer.beginArray()
        for type in definitions.resourceTypes { resource(type, &writer) }
        writer.endArray()
        interactions(["batch", "transaction"], &writer)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func security(_ baseURL: String, _ writer: inout JSONWriter) {
        writer.name("security")
        writer.beginObject()
        endpoints(baseURL, &writer)
        // For pages of approved apps; this document and what describes the endpoints for tokens for everybody's.
        writer.name("cors")
        writer.bool(true)
        member(
            "description",
            "TLS 1.2 or 1.3 only. Sign in with POST /auth/sign-in (name, password, one-time code), then Authorization: Bearer. "
                + "Roles open SMART v2 scopes; what no rule opens is refused. Every request is in the audit log before it is answered.",
            &writer)
        writer.endObject()
    }

    /// Where apps are authorized, for those that do not read `.well-known/smart-configuration`. Source: SMART App Launch
    /// 1.0, "FHIR OAuth authorization endpoints".
    private func endpoints(_ baseURL: String, _ writer: inout JSONWriter) {
        let root = baseURL.hasSuffix("/fhir") ? String(baseURL.dropLast("/fhir".count)) : baseURL
        writer.name("extension")
        writer.beginArray()
        writer.beginObject()
        writer.name("extension")
        writer.beginArray()
        for (name, path) in [
            ("authorize", "/auth/authorize"), ("token", "/auth/token"), ("introspect", "/auth/introspect"),
            ("revoke", "/auth/revoke"),
        ] {
            writer.beginObject()
            member("url", name, &writer)
            member("valueUri", root + path, &writer)
            writer.endObject()
        }
        writer.endArray()
        member("url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", &writer)
        writer.endObject()
        writer.endArray()
    }

    private func resource(_ type: String, _ writer: inout JSONWriter) {
        writer.beginObject()
        member("type", type, &writer)
        if type == FHIRService.auditEventType {
            // Entries of the log: read by auditors, written by Ward alone.
            interactions(["read", "search-type"], &writer)
            member("versioning", "no-version", &writer)
        } else {
            recordInteractions(&writer)
        }
        let parameters = catalog.parameters(for: type)?.supported ?? []
        if !parameters.isEmpty {
            writer.name("searchParam")
            writer.beginArray()
            for parameter in parameters {
                writer.beginObject()
                member("name", parameter.code, &writer)
                member("definition", parameter.url, &writer)
                member("type", parameter.type.code, &writer)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    private func recordInteractions(_ writer: inout JSONWriter) {
        interactions(["read", "vread", "update", "delete", "history-instance", "create", "search-type"], &writer)
        member("versioning", "versioned", &writer)
        for flag in ["readHistory", "updateCreate", "conditionalCreate"] {
            writer.name(flag)
            writer.bool(true)
        }
        member("conditionalRead", "not-match", &writer)
        writer.name("conditionalUpdate")
        writer.bool(false)
        member("conditionalDelete", "not-supported", &writer)
        list("referencePolicy", ["literal", "local"], &writer)
    }

    private func interactions(_ codes: [String], _ writer: inout JSONWriter) {
        writer.name("interaction")
        writer.beginArray()
        for code in codes {
            writer.beginObject()
            member("code", code, &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    private func member(_ name: String, _ text: String, _ writer: inout JSONWriter) {
        writer.name(name)
        writer.string(text)
    }

    private func list(_ name: String, _ texts: [String], _ writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
    }
}
