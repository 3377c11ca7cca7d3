import Testing
@testable import WardSearch

@Suite("Values without doubles")
struct DistinctValuesTests {
    @Test("Each once, in the order of their coming, few or many", arguments: [1, 15, 16, 17, 500])
    func order(count: Int) {
        var distinct = DistinctValues<Int>()
        for value in 0..<count {
            let isNew = distinct.insert(value * 7)
            let isNewAgain = distinct.insert(value / 2 * 7)
            #expect(isNew && !isNewAgain)
        }
        #expect(distinct.values == (0..<count).map { $0 * 7 })
    }
}
