#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Accounts and groups of this machine, by the name service that it uses. Source: getpwuid(3), getgrnam(3).
public enum Accounts {
    /// The name of an account by its number; the number itself where it has none.
    public static func name(ofUser number: UInt32) -> String {
        guard let entry = getpwuid(number), let name = entry.pointee.pw_name else { return String(number) }
        return String(cString: name)
    }

    /// The number of a group by its name; nil where there is none.
    public static func number(ofGroup name: String) -> UInt32? {
        getgrnam(name)?.pointee.gr_gid
    }
}
