import Foundation
import WardIdentity

// ward-passwords FOLDER FILE: reads the lists of common and breached passwords in FOLDER and writes their
// fingerprints to FILE.
guard CommandLine.arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: ward-passwords FOLDER FILE\n".utf8))
    exit(2)
}
do {
    let passwords = try PasswordLists(folder: URL(fileURLWithPath: CommandLine.arguments[1])).passwords
    let bytes = PasswordBlocklist.encode(passwords)
    try Data(bytes).write(to: URL(fileURLWithPath: CommandLine.arguments[2]))
    print("\(passwords.count) passwords, \(bytes.count) bytes")
} catch {
    FileHandle.standardError.write(Data("ward-passwords: \(error)\n".utf8))
    exit(2)
}
