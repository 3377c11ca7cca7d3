import Testing
@testable import WardSearch

@Suite("Units of UCUM")
struct UCUMTests {
    @Test("Units are what the tables say", arguments: [
        ("mg", "g", 1e-3), ("kg", "g", 1e3), ("mg/dL", "mg/L", 10), ("mmol/L", "umol/L", 1e3), ("[lb_av]", "g", 453.592_37),
        ("[in_i]", "cm", 2.54), ("[oz_av]", "g", 28.349_523_125), ("mm[Hg]", "Pa", 133.322), ("cm[H2O]", "Pa", 98.0665),
        ("kat", "U", 6e7), ("L/min", "mL/s", 1_000.0 / 60), ("wk", "d", 7), ("10*3/uL", "10*9/L", 1), ("%", "1", 0.01),
        ("m2", "cm2", 1e4), ("kg/m2", "g/cm2", 0.1), ("mL/min/{1.73_m2}", "mL/min", 1), ("{beats}/min", "/min", 1),
        ("/h", "/min", 1.0 / 60), ("k[iU]/L", "[IU]/mL", 1), ("J", "N.m", 1), ("[foz_us]", "mL", 29.573_529_562_5),
        ("atm", "kPa", 101.325), ("meq/L", "mmol/L", 1), ("ng/mL", "ug/L", 1), ("mg/(kg.d)", "mg/kg/d", 1),
    ] as [(String, String, Double)])
    func factors(_ code: String, _ other: String, _ factor: Double) throws {
        let (left, right) = (try #require(UCUM.unit(code)), try #require(UCUM.unit(other)))
        #expect(left.dimension == right.dimension && left.dimension.text == right.dimension.text)
        #expect(abs(left.factor / right.factor / factor - 1) < 1e-9)
    }

    @Test("Temperatures have a zero of their own")
    func temperatures() throws {
        let (celsius, fahrenheit) = (try #require(UCUM.unit("Cel")), try #require(UCUM.unit("[degF]")))
        #expect(abs(celsius.canonical(37) - fahrenheit.canonical(98.6)) < 1e-9 && celsius.dimension == fahrenheit.dimension)
    }

    @Test("What is no unit, or no multiple of base units, is none", arguments: [
        "", "xyz", "mg//L", "mg/", "(mg", "mg)", "{a", "[pH]", "B", "mg dL", "kkg", "k[lb_av]", "m99999", "-1", "[unknown]", "m[",
        "((((((((((((((m))))))))))))))",
    ])
    func refusals(_ code: String) { #expect(UCUM.unit(code) == nil) }

    @Test("Arbitrary units compare with themselves alone")
    func arbitrary() throws {
        let (international, arbitrary) = (try #require(UCUM.unit("[IU]/L")), try #require(UCUM.unit("[arb'U]/L")))
        #expect(international.dimension != arbitrary.dimension)
        #expect(try #require(UCUM.unit("[iU]/L")).dimension == international.dimension)
    }

    @Test("Every definition can be read")
    func definitions() {
        for code in Array(UnitAtoms.metric.keys) + Array(UnitAtoms.plain.keys) + Array(UnitAtoms.arbitrary) {
            #expect(UCUM.unit(code) != nil, "\(code)")
        }
    }
}
