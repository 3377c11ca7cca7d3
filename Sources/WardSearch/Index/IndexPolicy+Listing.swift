internal import WardFHIR

extension IndexPolicy {
    /// A parameter that has terms, for people who look after a home.
    public struct Listed: Sendable, Codable, Equatable {
        /// Its code.
        public var parameter: String
        /// Its type, such as `token`.
        public var type: String
        /// `population`, `compartment` or both; `trigrams` where it has these too.
        public var families: [String]
        /// The resource types for which it has them.
        public var resources: [String]
        /// What its terms show to somebody who has the database and no key.
        public var shows: String
    }

    /// Every parameter that has terms, by code.
    /// - Parameter types: the resource types that are stored.
    public func listing(_ catalog: SearchCatalog, types: [String]) -> [Listed] {
        struct Key: Hashable {
            var code: String
            var type: SearchParameterType
            var place: UInt8
        }
        var found: [Key: [String]] = [:]
        for type in types {
            guard let parameters = catalog.parameters(for: type) else { continue }
            for (parameter, place) in zip(parameters.all, places(parameters)) {
                var place = place
                if parameter.type != .token || parameters.all.allSatisfy({ !$0.placesInPatientCompartment }) {
                    place.remove(.compartment)
                }
                if place.isEmpty { continue }
                found[Key(code: parameter.code, type: parameter.type, place: place.rawValue), default: []].append(type)
            }
        }
        return found.map { key, resources in
            let place = Place(rawValue: key.place)
            return Listed(
                parameter: key.code, type: key.type.code, families: place.names, resources: resources.sorted(),
                shows: Self.shows(key.type, place))
        }.sorted { ($0.parameter, $0.type, $0.resources.first ?? "") < ($1.parameter, $1.type, $1.resources.first ?? "") }
    }

    /// What terms of a parameter of this type show.
    private static func shows(_ type: SearchParameterType, _ place: Place) -> String {
        guard place.contains(.population) else {
            return "which records of one patient have the same value"
        }
        let shown = switch type {
        case .token: "how many records have the same value, and which"
        case .string: "which records have values that begin alike, and how many; which are the same"
        case .reference: "which records refer to the same one"
        case .date: "which records are of the same day, month, year: with many of them, their order"
        case .uri: "which records have the same address"
        case .number, .quantity: "which records have values close to each other: with many of them, their order"
        case .composite, .special: "which records have the same value"
        }
        return place.contains(.trigrams) ? shown + "; which have three letters in common" : shown
    }
}

extension IndexPolicy.Place {
    fileprivate var names: [String] {
        var names: [String] = []
        if contains(.population) { names.append("population") }
        if contains(.compartment) { names.append("compartment") }
        if contains(.trigrams) { names.append("trigrams") }
        return names
    }
}
