/// FHIRPath, the language in which FHIR says where a value is.
///
/// The whole grammar parses. A function that is not provided makes `compile` throw and name it: no expression is
/// silently empty. Source: https://hl7.org/fhirpath/N1, with the additions of https://hl7.org/fhir/R4/fhirpath.html
///
/// ```swift
/// let path = try FHIRPath.compile("Patient.name.where(use = 'official').family")
/// let values = try path.evaluate(resource: document.root, type: patient)
/// ```
public enum FHIRPath {
    /// Parses an expression and looks up its functions and types.
    /// - Throws: `FHIRPathError` for text that is not of the grammar, and for names that are not known.
    public static func compile(
        _ expression: String, definitions: FHIRDefinitions = .r4
    ) throws(FHIRPathError) -> CompiledPath {
        let parsed = try PathParser.parse(expression)
        let compiler = PathCompiler(definitions: definitions)
        return CompiledPath(expression: expression, node: try compiler.compile(parsed), definitions: definitions)
    }
}
