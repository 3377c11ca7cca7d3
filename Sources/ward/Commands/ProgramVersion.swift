/// What `ward --version` says.
enum ProgramVersion {
    /// By semantic versioning; before 1.0.0 forms of files may change without a way back.
    static let number = "0.1.0"

    static let text = "ward \(number) (FHIR R4, 4.0.1)"
}
