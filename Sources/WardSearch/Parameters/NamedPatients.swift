internal import WardFHIR

/// Finds the patients that a resource names by a reference anywhere in it.
///
/// The patient compartment of R4 looks at some parameters of some types, and so misses a device (`Device.patient`), a
/// task (`Task.for`), a file (`Binary.securityContext`), a stored Bundle. What names one patient only, and is in no
/// compartment, is that patient's all the same: it is sealed, told to the log and shredded with it.
struct NamedPatients {
    /// Types outside the compartment whose elements can refer to a patient or to anything, except those that describe
    /// how a server or its forms work.
    static let types: Set<String> = [
        "Binary", "BiologicallyDerivedProduct", "Bundle", "Contract", "Device", "GuidanceResponse", "Linkage",
        "MessageHeader", "Parameters", "PaymentNotice", "PaymentReconciliation", "Task", "VerificationResult",
    ]

    private let context: SearchContext
    private var patients = DistinctValues<String>()
    /// True where a URL counted because of the base URL of the context.
    private(set) var readsBase = false

    /// Reads a resource.
    init(in resource: JSONNode, type: String, context: SearchContext) {
        self.context = context
        if type == "Bundle" { readBundle(resource) } else { read(resource, isOurs: true) }
    }

    /// Their logical ids, sorted.
    var ids: [String] { patients.values.sorted() }

    /// The entries of a stored Bundle: its relative references are below its own URLs, which may be another server's.
    /// Source: https://hl7.org/fhir/R4/bundle.html#references
    private mutating func readBundle(_ bundle: JSONNode) {
        if let signature = bundle["signature"] { read(signature, isOurs: true) }
        guard let entries = bundle["entry"]?.elements else { return }
        for entry in entries {
            guard let resource = entry["resource"] else { continue }
            let url = entry["fullUrl"]?.string
            var isOurs = true
            if let url {
                if case .local = ReferenceText.parse(url, context: context) {
                    note(url, isOurs: true)
                } else {
                    isOurs = false
                }
            } else if resource["resourceType"]?.string == "Patient", let id = resource["id"]?.string {
                note("Patient/\(id)", isOurs: true)
            }
            read(resource, isOurs: isOurs)
        }
    }

    /// - Parameter isOurs: whether relative references are to this server.
    private mutating func read(_ node: JSONNode, isOurs: Bool) {
        switch node.kind {
        case .object:
            for (name, value) in node.members {
                if value.kind == .string {
                    if name.string == "reference", let text = value.string { note(text, isOurs: isOurs) }
                } else {
                    read(value, isOurs: isOurs)
                }
            }
        case .array: for element in node.elements { read(element, isOurs: isOurs) }
        default: break
        }
    }

    private mutating func note(_ text: String, isOurs: Bool) {
        guard case .local("Patient", let id) = ReferenceText.parse(text, context: context) else { return }
        let isAbsolute = ReferenceText.isAbsolute(text)
        guard isOurs || isAbsolute else { return }
        if isAbsolute { readsBase = true }
        patients.insert(id)
    }
}
