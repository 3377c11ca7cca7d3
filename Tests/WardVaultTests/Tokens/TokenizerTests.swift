import Testing
import WardDatabase
import WardKeys
import WardVault

@Suite struct TokenizerTests {
    private func term(_ family: IndexTerm.Family, _ value: String, type: String = "Observation") -> IndexTerm {
        IndexTerm(family: family, type: type, parameter: "code", kind: 1, value: Array(value.utf8))
    }

    @Test func whatIsStoredIsFound() async throws {
        let home = try await VaultKeys()
        let (keyring, tokenizer) = (home.keyring(), Tokenizer(home.tenant))
        for number in 0..<12 {
            let patient = try #require(LogicalID("patient-\(number)"))
            let keys = try await keyring.sealingKeys(of: patient)
            let stored = tokenizer.tokens(
                of: [term(.population, "a"), term(.compartment, "a")], patient: patient, key: keys.newest)
            #expect(stored.count == 2)
            #expect(stored == stored.sorted())
            #expect(!Set(stored).isDisjoint(with: tokenizer.tokens(asking: term(.population, "a"))))
            #expect(Set(stored).isSuperset(of: tokenizer.tokens(asking: term(.population, "a"), in: keys)))
            #expect(Set(stored).isSuperset(of: tokenizer.tokens(asking: term(.compartment, "a"), in: keys)))
            #expect(Set(stored).isDisjoint(with: tokenizer.tokens(asking: term(.population, "b"))))
        }
        #expect(tokenizer.tokens(asking: term(.population, "a")).count == 4)
        #expect(tokenizer.tokens(asking: term(.compartment, "a")) == [])
    }

    @Test func compartmentTokensAreEqualToNoOtherPatients() async throws {
        let home = try await VaultKeys()
        let (keyring, tokenizer) = (home.keyring(), Tokenizer(home.tenant))
        var tokens: Set<[Int64]> = []
        for name in ["a", "b", "c"] {
            let keys = try await keyring.sealingKeys(of: LogicalID(name))
            tokens.insert(tokenizer.tokens(asking: term(.compartment, "same"), in: keys))
        }
        #expect(tokens.count == 3)
    }

    @Test(arguments: ["Practitioner", "_user"]) func directoriesTakeOneToken(_ type: String) async throws {
        let home = try await VaultKeys()
        let tokenizer = Tokenizer(home.tenant)
        let key = try await home.keyring().sealingKeys(of: nil).newest
        let asked = tokenizer.tokens(asking: term(.population, "a", type: type))
        #expect(asked.count == 1)
        #expect(tokenizer.tokens(of: [term(.population, "a", type: type)], patient: nil, key: key) == asked)
    }

    @Test func recordsWithoutAPatientHaveNoCompartmentTokens() async throws {
        let home = try await VaultKeys()
        let tokenizer = Tokenizer(home.tenant)
        let key = try await home.keyring().sealingKeys(of: nil).newest
        let terms = [term(.compartment, "a"), term(.population, "a"), term(.population, "a")]
        let stored = tokenizer.tokens(of: terms, patient: nil, key: key)
        #expect(stored.count == 1)
        #expect(!Set(stored).isDisjoint(with: tokenizer.tokens(asking: term(.population, "a"))))
    }
}
