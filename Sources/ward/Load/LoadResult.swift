/// What was loaded, as the command prints it.
struct LoadResult: Encodable, Sendable {
    /// Files that were sent.
    var files = 0
    /// Files that the resume file says were loaded before.
    var skipped = 0
    /// Resources of the requests that were taken whole.
    var resources = 0
    /// Refused requests, and refused entries of batches.
    var refused = 0
    var seconds = 0.0
    /// How fast the first tenth of the resources went in, and the last: a store that slows down as it grows shows here.
    var firstTenthPerSecond = 0.0
    var lastTenthPerSecond = 0.0
}
