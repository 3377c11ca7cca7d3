/// Walks steps of navigation depth first, straight into the result.
struct PathWalker {
    let definitions: FHIRDefinitions
    let root: PathElement?
    let steps: [PathStep]

    func walk(_ value: PathValue, into result: inout [PathValue]) {
        guard case .element(let element) = value else {
            // What is computed has no members, and no reference in it.
            if steps.allSatisfy({ step in if case .ofType(let test) = step { test.selects(value) } else { false } }) {
                result.append(value)
            }
            return
        }
        withExtendedLifetime(element) {
            walk(PathPlace(element), in: PathDocument(element.storage, definitions), from: 0, into: &result)
        }
    }

    /// Calls `body` with every value of every element, in the order of the document.
    func allChildren(of element: PathElement, _ body: (PathElement) -> Void) {
        withExtendedLifetime(element) {
            PathDocument(element.storage, definitions).allChildren(of: PathPlace(element)) { child in
                body(PathElement(child, in: element.storage))
            }
        }
    }

    private func walk(
        _ place: PathPlace, in document: PathDocument, from position: Int, into result: inout [PathValue]
    ) {
        if position == steps.count {
            result.append(.element(PathElement(place, in: document.storage)))
            return
        }
        switch steps[position] {
        case .child(let name):
            document.children(of: place, name) { walk($0, in: document, from: position + 1, into: &result) }
            return
        case .ofType(let test):
            guard test.selects(place) else { return }
        case .whereResolves(let type):
            let element = PathElement(place, in: document.storage)
            guard PathReference(element, root: root, definitions: definitions).isTarget(type) else { return }
        case .whereEquals(let name, let text):
            guard document.isOnlyValue(text, of: place, name) else { return }
        }
        walk(place, in: document, from: position + 1, into: &result)
    }
}
