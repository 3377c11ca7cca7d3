import Testing
@testable import WardSearch

@Suite("The tree of numbers")
struct NumberTreeTests {
    private let numbers: [Double] = [
        -.infinity, -1e30, -4_096.5, -100, -1, -0.5, -1e-30, 0, 1e-30, 0.1, 0.15, 0.5, 1, 1.0001, 5.35, 5.4, 5.45, 99.5, 100, 1e6, 1e30, .infinity,
    ]

    @Test("The code grows with the number")
    func order() {
        let codes = numbers.map(NumberTree.code)
        #expect(codes == codes.sorted() && codes.allSatisfy { (0..<1 << 20).contains($0) })
        #expect(NumberTree.code(5.35) < NumberTree.code(5.4) && NumberTree.code(-5.4) < NumberTree.code(-5.35))
    }

    @Test("Every number in a range carries a node of its cover, and a range takes few")
    func covers() {
        for (index, low) in numbers.enumerated() {
            for high in numbers[index...] {
                let cover = Set(NumberTree.cover(low: low, high: high))
                #expect(cover.count <= 54, "\(low) to \(high)")
                for number in numbers where number >= low && number <= high {
                    #expect(!cover.isDisjoint(with: NumberTree.nodes(of: NumberInterval(number))), "\(number) in \(low) to \(high)")
                }
            }
        }
    }

    @Test("A span carries the nodes of both ends")
    func spans() {
        let nodes = NumberTree.nodes(of: NumberInterval(low: 1, high: 1e6))
        #expect(nodes.contains(NumberTree.spanNode) && nodes.count <= 21)
        #expect(Set(NumberTree.nodes(of: NumberInterval(1))).isSubset(of: Set(nodes)))
    }
}
