import WardFHIR

/// Collects the values of one parameter without doubles.
struct ValueSink {
    private(set) var values: [SearchValue] = []
    let context: SearchContext
    /// Whether tokens are taken in lower case.
    let foldsCase: Bool

    init(context: SearchContext, foldsCase: Bool) {
        self.context = context
        self.foldsCase = foldsCase
    }

    mutating func add(_ value: SearchValue) {
        if !values.contains(value) { values.append(value) }
    }

    /// Reads what an element holds, in the way of the parameter's type.
    mutating func read(_ node: JSONNode, form: DataForm, as type: SearchParameterType) {
        switch type {
        case .token: readToken(node, form: form)
        case .string: readString(node, form: form)
        case .reference: readReference(node, form: form)
        case .date: readDate(node, form: form)
        case .uri: readURI(node, form: form)
        case .number, .quantity, .composite, .special: break
        }
    }
}
