import WardFHIR

/// Collects the values of one parameter without doubles.
struct ValueSink {
    private var distinct = DistinctValues<SearchValue>()
    /// True where a reference counts as one to this server because of the base URL of the context.
    private(set) var readsBase = false
    let context: SearchContext
    /// Values that are allowed; one more is kept, to show that there are too many.
    let bound: Int
    /// Whether tokens are taken in lower case.
    let foldsCase: Bool

    init(context: SearchContext, foldsCase: Bool, bound: Int) {
        self.context = context
        self.foldsCase = foldsCase
        self.bound = bound
    }

    var values: [SearchValue] { distinct.values }

    mutating func add(_ value: SearchValue) {
        if distinct.values.count <= bound { distinct.insert(value) }
    }

    /// A value of this server that was named by a URL below the base.
    mutating func noteBase() { readsBase = true }

    /// Reads what an element holds, in the way of the parameter's type.
    mutating func read(_ node: JSONNode, form: DataForm, as type: SearchParameterType) {
        switch type {
        case .token: readToken(node, form: form)
        case .string: readString(node, form: form)
        case .reference: readReference(node, form: form)
        case .date: readDate(node, form: form)
        case .uri: readURI(node, form: form)
        case .number: readNumber(node, form: form)
        case .quantity: readQuantity(node, form: form)
        case .composite, .special: break
        }
    }
}
