/// When how many resources had been loaded.
struct LoadPace: Sendable {
    private let start = ContinuousClock.now
    private var steps: [(resources: Int, seconds: Double)] = [(0, 0)]

    /// Seconds since the beginning.
    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// Tells that `resources` have been loaded by now.
    mutating func reached(_ resources: Int) { steps.append((resources, seconds)) }

    /// Resources per second between two shares of all, such as 0.9 and 1; 0 where nothing was loaded.
    func rate(from: Double, to: Double) -> Double {
        let duration = moment(to) - moment(from)
        return duration > 0 ? (to - from) * Double(steps.last?.resources ?? 0) / duration : 0
    }

    /// When a share had been loaded, evenly between the steps around it.
    private func moment(_ share: Double) -> Double {
        let wanted = Double(steps.last?.resources ?? 0) * share
        guard let above = steps.firstIndex(where: { Double($0.resources) >= wanted }), above > 0 else { return 0 }
        let (low, high) = (steps[above - 1], steps[above])
        guard high.resources > low.resources else { return high.seconds }
        return low.seconds + (high.seconds - low.seconds) * (wanted - Double(low.resources)) / Double(high.resources - low.resources)
    }
}
