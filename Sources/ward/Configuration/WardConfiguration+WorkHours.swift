internal import Foundation
internal import WardAudit

extension WardConfiguration {
    /// The usual hours of work.
    /// - Throws: ``ConfigurationError`` that names the key.
    func workHours() throws(ConfigurationError) -> WorkHours {
        guard let zone = TimeZone(identifier: text("audit.time_zone") ?? "UTC") else {
            throw ConfigurationError("audit.time_zone must be a time zone such as America/Chicago")
        }
        let hours = WorkHours(hours: text("audit.work_hours") ?? "", days: text("audit.work_days") ?? "") { seconds in
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        }
        guard let hours else {
            throw ConfigurationError("audit.work_hours must look like 07:00-19:00, audit.work_days like 1-5 or 1,2,4")
        }
        return hours
    }
}
